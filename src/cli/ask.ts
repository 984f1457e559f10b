import { createInterface } from 'node:readline';
import { echoOf, type Answers, type Question } from '../scenarios/init.ts';
import { tellPerson } from './terminal.ts';

/**
 * Asks the questions in a terminal, each until its answer is understood. Lines may come faster than they are asked for
 * (pasted).
 * @returns null where the person ended it (Ctrl-C, Ctrl-D).
 */
export async function ask(questions: readonly Question[]): Promise<Answers | null> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const lines = terminal[Symbol.asyncIterator]();
  try {
    tellPerson('"?", or Enter, where you do not know.');
    const answers: Record<string, string> = {};
    for (const [index, question] of questions.entries()) {
      const answer = await understood(question, async () => {
        terminal.setPrompt(`${index + 1} ${question.prompt.padEnd(32)} (${question.example}) `);
        terminal.prompt();
        const line = await lines.next();
        return line.done === true ? null : line.value;
      });
      if (answer === null) return null;
      answers[question.id] = answer;
      const echo = echoOf(question.id, answers);
      if (echo !== '') tellPerson(`  ${echo}`);
    }
    return answers;
  } finally {
    terminal.close();
  }
}

/** Reads until the answer makes sense. */
async function understood(question: Question, read: () => Promise<string | null>): Promise<string | null> {
  for (;;) {
    const answer = await read();
    const problem = answer === null ? null : question.check(answer);
    if (problem === null) return answer;
    tellPerson(`  ${problem.rule}; ${problem.hint}. Also understood: ${question.help}`);
  }
}

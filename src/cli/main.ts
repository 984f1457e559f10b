#!/usr/bin/env node
import { CommanderError } from 'commander';
import { VERSION } from '../analysis/version.ts';
import { Complaint } from './complaint.ts';
import { ExitCode } from './exit-code.ts';
import { createProgram } from './program.ts';
import { tellPerson } from './terminal.ts';

/** The command `windtunnel`: the only place where a failure becomes an exit code. */
async function main(): Promise<void> {
  process.stdout.on('error', endOfReader);
  try {
    process.exitCode = await createProgram().execute(process.argv.slice(2));
  } catch (error) {
    process.exitCode = report(error);
  }
}

function report(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.done : ExitCode.badInput;
  if (error instanceof Complaint) {
    tellPerson(error.text());
    return ExitCode.badInput;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  tellPerson(`windtunnel ${VERSION} failed. This is a fault of windtunnel, not of your input. To report it, send the
command line, the scenario file and these lines:

  node ${process.version} ${process.platform} ${process.arch}
  ${trace.replaceAll('\n', '\n  ')}`);
  return ExitCode.failure;
}

/** `windtunnel run shop | head` closes the pipe: nobody reads on, so there is nothing left to do. */
function endOfReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(ExitCode.done);
}

await main();

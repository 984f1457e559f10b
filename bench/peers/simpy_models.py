"""Models A, B and D as a user of SimPy writes them: `python3 simpy_models.py MODEL SIZE UNITS`.

Prints one JSON line as ref.c does. Times are CPU time of the process.
"""

import json
import random
import sys
import time

import simpy


def queue(workers, customers):
    env = simpy.Environment()
    resource = simpy.Resource(env, workers)
    total = [0, 0.0]

    def customer():
        arrived = env.now
        with resource.request() as request:
            yield request
            yield env.timeout(random.expovariate(1.0))
        total[0] += 1
        total[1] += env.now - arrived
        if total[0] == customers:
            done.succeed()

    def source():
        while True:
            yield env.timeout(random.expovariate(0.9 * workers))
            env.process(customer())

    done = env.event()
    env.process(source())
    env.run(done)
    return 2 * total[0], total[0], total[1] / total[0]


def cluster(servers, requests):
    env = simpy.Environment()
    weights = [2 + server % 3 for server in range(servers)]
    active = [0] * servers
    threads = [simpy.Resource(env, 8) for _ in range(servers)]
    pools = [simpy.Resource(env, 20) for _ in range(servers)]
    database = simpy.Resource(env, 64)
    total = [0, 0.0]

    def request():
        server = min(range(servers), key=lambda s: active[s] / weights[s])
        active[server] += 1
        with threads[server].request() as thread:
            yield thread
            yield env.timeout(random.expovariate(1 / 0.010))
        with pools[server].request() as connection:
            yield connection
            with database.request() as worker:
                yield worker
                yield env.timeout(random.expovariate(1 / 0.005))
        active[server] -= 1

    def user():
        while True:
            yield env.timeout(random.expovariate(1.0))
            sent = env.now
            reply = env.process(request())
            yield reply | env.timeout(30)
            if reply.triggered:
                total[0] += 1
                total[1] += env.now - sent
                if total[0] == requests:
                    done.succeed()

    done = env.event()
    for _ in range(5000):
        env.process(user())
    env.run(done)
    return 3 * total[0], total[0], 1000 * total[1] / total[0]


model, size, units = sys.argv[1], int(sys.argv[2]), int(float(sys.argv[3]))
random.seed(12345)
before = time.process_time()
events, done, check = cluster(size, units) if model == "D" else queue({"A": 1, "B": 8}[model], units)
seconds = time.process_time() - before
print(json.dumps({"model": model, "units": done, "s": seconds, "ns_unit": 1e9 * seconds / done, "check": check}))

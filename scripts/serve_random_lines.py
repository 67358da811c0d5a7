#!/usr/bin/env python3
"""Sends random lines to 'tfqkd serve' and checks that it answers each one and ends well.

usage: serve_random_lines.py TFQKD MODEL [LINES]      LINES: 1000000 by default

A quarter are sound requests; the others are requests with bytes changed, random bytes, odd JSON, deep nesting, and lines that
are too long. Exit code 1 when an answer is missing or is no answer, or when the server does not end with 0.
"""
import json
import random
import subprocess
import sys
import threading

ODD = [b"{}", b"[]", b"null", b"1", b'"x"', b"{", b'{"id":', b'{"id":{}}', b'{"distance_km":1e999}', b'{"distance_km":null}',
       b'{"distance_km":"far"}', b'{"distance_km":-1}', b'{"distance_km":1,"distance_km":2}', b'{"id":1,"id":2}',
       b'{"distance_km":100,"loss_db":20}', b'{"loss_a_db":1}', b"\xff\xfe", b"\x00", b'{"id":"\xff"}', b'{"id":"\\ud800"}']


def sound(number):
    return json.dumps({"id": number, "distance_km": random.uniform(0, 600), "pulses": 10 ** random.uniform(8, 17),
                       "misalignment": random.uniform(0, 0.2)}).encode()


def line(number):
    kind = random.random()
    if kind < 0.25:
        return sound(number)
    if kind < 0.6:
        text = bytearray(sound(number))
        for _ in range(random.randint(1, 4)):
            text[random.randrange(len(text))] = random.choice(b'{}[]",:0123456789eE.-+\\ \x00\x7f\xff')
        return bytes(text)
    if kind < 0.8:
        return random.choice(ODD)
    if kind < 0.999:
        return random.randbytes(random.randint(1, 100))
    if kind < 0.9995:
        return random.choice([b"[", b'{"a":']) * random.randint(1, 20000)
    return b"9" * random.randint(60000, 200000)


def main(arguments):
    if len(arguments) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    program, model = arguments[:2]
    count = int(arguments[2]) if len(arguments) == 3 else 1000000
    random.seed(1)
    server = subprocess.Popen([program, "serve", "--model", model], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    expected = []

    def send():
        for number in range(count):
            text = line(number).replace(b"\n", b" ")
            if text.strip(b" \t\r"):  # blank lines have no answer
                expected.append(number)
            elif text.strip(b" \t"):
                text = b"x"
                expected.append(number)
            server.stdin.write(text + b"\n")
        server.stdin.close()

    sender = threading.Thread(target=send)
    sender.start()
    answers = errors = 0
    for text in server.stdout:
        answer = json.loads(text)
        if ("error" in answer) == ("key_rate_bit_per_pulse" in answer):
            print("no answer:", text)
            return 1
        answers += 1
        errors += "error" in answer
    sender.join()
    code = server.wait()
    print(f"{count} lines, {answers} answers, of which {errors} errors; exit code {code}")
    return 0 if answers == len(expected) and code == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Parses our zone files and DNS messages, and creates responses for us to parse, for each item of a JSON list on stdin.

{"zone": text}       -> [[name, type, value], ...]: the file's records, with the strings of a TXT record joined
{"question": base64} -> [name, type, recursion desired]
{"answer": base64, "rcode": name, "records": [[section, name, ttl, type, value], ...]} -> base64: the response to that question
"""

import base64
import json
import sys

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import dns.zone


def value(rdata):
    if rdata.rdtype == dns.rdatatype.TXT:
        return b"".join(rdata.strings).decode("latin-1")
    return rdata.to_text().rstrip(".")


def zone(text):
    parsed = dns.zone.from_text(text, origin=".", relativize=False, check_origin=False)
    return [
        [name.to_text().rstrip("."), dns.rdatatype.to_text(rdata.rdtype), value(rdata)]
        for name, _, rdata in parsed.iterate_rdatas()
    ]


def question(message):
    parsed = dns.message.from_wire(base64.b64decode(message))
    [entry] = parsed.question
    recursion = bool(parsed.flags & dns.flags.RD)
    return [entry.name.to_text().rstrip("."), dns.rdatatype.to_text(entry.rdtype), recursion]


def answer(message, rcode, records):
    response = dns.message.make_response(dns.message.from_wire(base64.b64decode(message)), recursion_available=True)
    response.set_rcode(dns.rcode.from_text(rcode))
    for section, name, ttl, kind, text in records:
        getattr(response, section).append(dns.rrset.from_text(name + ".", ttl, "IN", kind, text))
    return base64.b64encode(response.to_wire()).decode()


def handle(item):
    if "zone" in item:
        return zone(item["zone"])
    if "question" in item:
        return question(item["question"])
    return answer(item["answer"], item["rcode"], item["records"])


json.dump([handle(item) for item in json.load(sys.stdin)], sys.stdout)

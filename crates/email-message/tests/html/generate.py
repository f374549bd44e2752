"""Writes trees.jsonl: documents and the trees that html5lib parses them to.

    pip install html5lib==1.1 && python3 generate.py [count of generated documents]

Left out are `template`, `select`, `dialog`, `search`, `main`, `rb`, `rtc` and frames: html5lib 1.1 is older than the standard's rules for them, and
the crate ignores frames. It also mistakes text after `textarea` in formatting elements.
"""

import json
import pathlib
import random
import sys

import html5lib

HERE = pathlib.Path(__file__).parent
NAMESPACES = {"http://www.w3.org/1999/xhtml": "", "http://www.w3.org/2000/svg": "svg:", "http://www.w3.org/1998/Math/MathML": "math:"}

TAGS = """
a a a b b i em strong font nobr small u code span span div div div p p p h1 h2 blockquote center pre ul ol li li li dl dt dd table table
tbody thead tfoot tr tr tr td td td th caption col colgroup form button input object ruby rt rp
svg math mi mtext annotation-xml foreignObject desc title style script head body html br img section article address label unknown x-y
noscript iframe xmp marquee nav wbr image meta link
""".split()
ATTRIBUTES = ["", "", "", "", " class=a", " href=https://example.com/a", ' href="/b"', " type=hidden", " hidden", " color=red", ' encoding="text/html"']
TEXTS = ["x", "y z", " ", "\n", "&amp;", "&nbsp;", "ü", "1 < 2", "-", "<!-- c -->", "</", "<>", "\n\nq"]
DOCTYPES = ["", "", "<!doctype html>", '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">', '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">']


def generated(seed):
    choose = random.Random(seed)
    parts = [choose.choice(DOCTYPES)]
    is_table = choose.random() < 0.3
    tags = [tag for tag in TAGS if tag not in ("html", "head", "body")] + (["table", "tr", "td", "b", "a"] * 6 if is_table else [])
    if choose.random() < 0.3:
        tags = choose.sample(TAGS, 6)
    open_tags = []
    for _ in range(choose.randint(2, 30)):
        kind = choose.random()
        if kind < 0.45:
            tag = choose.choice(tags)
            open_tags.append(tag)
            parts.append(f"<{tag}{choose.choice(ATTRIBUTES)}{choose.choice(['', '', '', '', '/'])}>")
        elif kind < 0.7:
            tag = choose.choice(open_tags[-3:]) if open_tags and choose.random() < 0.7 else choose.choice(tags)
            parts.append(f"</{tag}>")
        else:
            parts.append(choose.choice(TEXTS))
    return "".join(parts)


def dump(element):
    namespace, _, name = element.tag[1:].rpartition("}")
    children = []

    def add_text(text):
        if text:
            if children and children[-1].startswith('"'):
                text = json.loads(children.pop()) + text
            children.append(json.dumps(text, ensure_ascii=False))

    add_text(element.text)
    for child in element:
        if isinstance(child.tag, str) and child.tag.startswith("{"):
            children.append(dump(child))
        add_text(child.tail)
    return f"{NAMESPACES[namespace]}{name.lower()}({' '.join(children)})"


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    documents = [json.loads(line) for line in (HERE / "documents.jsonl").read_text("utf-8").splitlines()]
    documents += [generated(seed) for seed in range(count)]
    with open(sys.argv[2] if len(sys.argv) > 2 else HERE / "trees.jsonl", "w", encoding="utf-8") as output:
        for document in documents:
            tree = dump(html5lib.parse(document, treebuilder="etree", namespaceHTMLElements=True))
            output.write(json.dumps([document, tree], ensure_ascii=False) + "\n")


main()

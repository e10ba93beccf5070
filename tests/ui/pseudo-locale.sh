#!/bin/sh
# usage: pseudo-locale.sh SOURCE OUT
# A translation in which every message stands in brackets, so that what was never translated shows:
# OUT/xx/LC_MESSAGES/backflow.mo. LONG=1: longer as well.
set -e
cd "$1"; out=$2
mkdir -p "$out/xx/LC_MESSAGES"
xgettext --from-code=UTF-8 --package-name=backflow --add-comments --files-from=po/POTFILES -o "$out/backflow.pot" \
  --keyword=_ --keyword=N_ --keyword=C_:1c,2 --keyword=NC_:1c,2 --keyword=g_dngettext:2,3 --keyword=g_dpgettext2:2c,3 \
  2>"$out/xgettext.log" || { cat "$out/xgettext.log" >&2; exit 1; }
msginit --no-translator --no-wrap -l en_US.UTF-8 -i "$out/backflow.pot" -o "$out/en.po" 2>/dev/null
python3 - "$out/en.po" "$out/xx.po" <<'PY'
import os, re, sys
# LONG=1: a third longer and with accents, as other languages are; what printf and GTK read stays.
def stretch(text):
    pieces = re.split(r'(%[-+0-9.*]*[a-zA-Z%]|\\\\.|_.|<[^>]*>)', text)
    letters = str.maketrans('aeiouAEOU', 'áëîöûÂÉÖÜ')
    body = ''.join(piece if i % 2 else piece.translate(letters) for i, piece in enumerate(pieces))
    return body + ' ' + 'ñèxt'[:max(1, min(4, len(text) // 4))] * max(1, len(text) // 12) if text.strip() else text
text = open(sys.argv[1], encoding='utf-8').read()
head, rest = text.split('\n\n', 1)
def mark(match):
    lines = re.findall(r'"((?:[^"\\]|\\.)*)"', match.group(2))
    whole = ''.join(lines)
    start, whole, end = re.match(r'((?:\\n)*)(.*?)((?:\\n)*)$', whole, re.S).groups()
    if os.environ.get('LONG'):
        whole = stretch(whole)
    return '%s"%s⟦%s⟧%s"' % (match.group(1), start, whole, end) if whole else match.group(0)
rest = re.sub(r'(msgstr(?:\[\d\])? )((?:"(?:[^"\\]|\\.)*"\n?)+)', lambda m: mark(m) + '\n', rest)
open(sys.argv[2], 'w', encoding='utf-8').write(head + '\n\n' + rest)
PY
msgfmt -o "$out/xx/LC_MESSAGES/backflow.mo" "$out/xx.po"

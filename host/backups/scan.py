"""Looks through a whole database and its attachments for credentials; runs in a container of Odoo's image without a way out.

    scan.py RULES FILES            tells what is there
    scan.py RULES FILES remove     and puts "[removed]" in its place, first

RULES is credentials.json; FILES is the filestore's folder of the database. Standard input: {"allow": [{"table", "column", "kind",
"reason"}…]}, of which each may be "*" but the reason. Findings name table, column, row and kind, never the value. Answers one line of JSON.
"""

import base64
import binascii
import hashlib
import json
import math
import os
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import psycopg2
from psycopg2 import sql

CHUNK = 4 << 20
LARGEST_FILE = 16 << 20
TEXTS = ("character varying", "character", "text", "json", "jsonb", "xml", "character varying[]", "text[]", "hstore")
SHOWN = 200
REMOVED = "[removed]"
READ_AS_TEXT = re.compile(r"^text/|json|xml|javascript|yaml|pem|x-x509|pkcs|x-sh|octet-stream|x-python|sql")
# What the pass before puts where a column must hold something, hashes of passwords, and what says nothing.
HARMLESS = re.compile(r"^(neutralised.*|dummy.*|\$(pbkdf2|argon2|2[aby]|scrypt)[\w$./=,+-]*|\{\}|\[\]|null|true|false|t|f|\d{1,6}|)$", re.I)
MADE_UP = re.compile(r"^<[^>]*>?$|\.\.\.|…|\*{3}|x{6}|EXAMPLE|\[removed\]", re.I)
REFERENCE = re.compile(
    r"\$\{|\$\(|\{\{|`|^\$[A-Za-z_]|^%[A-Za-z_]+%$|%\([A-Za-z_]+\)s|^sha(256|384|512)[:-]"
    r"|^(true|false|yes|no|on|off|none|null|nil|undefined|disabled|enabled|required|optional|\d{1,6})$|^(file|env|vault|op):|^(~|\.{1,2})?/",
    re.I,
)
# No example in a document is a credential.
WORDS = re.compile(
    r"^(change[-_ ]?(me|it|this)|(my|your|the|some|an?)[-_ ].*|.*(example|placeholder|redacted|dummy|not[-_ ]set).*"
    r"|fake|sample|hidden|secret|password|passwd|passphrase|token|test|todo|admin|odoo|postgres|user|pass|pw|key|value|string|credentials?)$",
    re.I,
)
GUESSED = {"database-url", "basic-auth-url", "authorization-header", "command-flag"}


class Rules:
    def __init__(self, path, allow):
        told = json.load(open(path, encoding="utf-8"))
        self.columns = re.compile(told["columns"])
        self.spared = re.compile("^(" + "|".join(one["of"] for one in told["spared"]) + ")$")
        self.named = re.compile(told["named"])
        self.empty = told["empty"]
        self.parameters = re.compile(told["parameters"]["holding"], re.I)
        self.not_parameters = re.compile(told["parameters"]["spared"])
        self.values = [(one["id"], [near.encode() for near in one["near"]], re.compile(one["find"])) for one in told["values"]]
        self.allow = [*told["allow"], *allow]

    def allowed(self, table, column, kind):
        return any(all(one.get(key, "*") in ("*", value) for key, value in (("table", table), ("column", column), ("kind", kind))) for one in self.allow)

    def in_text(self, text, suspected=None):
        """[(kind, secret)] by the rules that are suspected, or by all."""
        found = []
        for number, (kind, _, find) in enumerate(self.values):
            if suspected is not None and number not in suspected:
                continue
            for match in find.finditer(text):
                value = match["secret"] if "secret" in match.re.groupindex else match[0]
                if not made_up(kind, value):
                    found.append((kind, match[0] if kind == "private-key" else value))
        for match in self.named.finditer(text) if suspected is None or NAMED in suspected else ():
            value = next((match[part] for part in "abc" if match[part]), "")
            # A call or a member is what a program says.
            if match["c"] and (text[match.end() : match.end() + 1] == "(" or re.fullmatch(r"[A-Za-z_$]+(\.[A-Za-z_$]+)+", value)):
                continue
            if is_secret(value) and not any(value in other or other in value for _, other in found):
                found.append(("named-value", value))
        return found

    def suspected(self, chunk):
        """{start of a line of COPY's text: numbers of rules}: cheap, for most lines hold nothing."""
        spots = {}

        def suspect(at, number):
            spots.setdefault(chunk.rfind(b"\n", 0, at) + 1, set()).add(number)

        for number, (_, near, find) in enumerate(self.values):
            for one in near:
                for at in places(chunk, one):
                    suspect(at, number)
            if not near:
                for match in LONG_HEX.finditer(chunk):
                    suspect(match.start(), number)
        lower = chunk.lower()
        for word in WORDS_NEAR:
            at = lower.find(word)
            while at != -1:
                # The sign of an assignment is near.
                if ASSIGNS.search(chunk, at, at + 48):
                    suspect(at, NAMED)
                    at = end_of_line(chunk, at) - 1
                at = lower.find(word, at + 1)
        return spots


NAMED = -1
WORDS_NEAR = (b"passw", b"passp", b"passcode", b"_pass", b"-pass", b"pwd", b"secret", b"token", b"credential", b"key")
LONG_HEX = re.compile(rb"[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}|key-[0-9a-f]{32}")
ASSIGNS = re.compile(rb"[=:]")


def end_of_line(chunk, at):
    end = chunk.find(b"\n", at)
    return end if end != -1 else len(chunk)


def places(chunk, word):
    """The first place of each line."""
    at = chunk.find(word)
    while at != -1:
        yield at
        at = chunk.find(word, end_of_line(chunk, at))


def made_up(kind, value):
    if kind in GUESSED:
        return bool(REFERENCE.search(value) or MADE_UP.search(value) or WORDS.search(value))
    return len(set(re.sub(r"^[A-Za-z]{2,10}[_-](v1_)?", "", value))) <= 3 or bool(MADE_UP.search(value))


def is_secret(value):
    if len(value) < 7 or REFERENCE.search(value) or MADE_UP.search(value) or WORDS.search(value) or HARMLESS.match(value):
        return False
    if re.search(r"\s", value) or all(re.fullmatch(r"[A-Za-z]{0,24}|\d{1,4}", part) for part in re.split(r"[-_. :/@#]+", value)):
        return False
    kinds = sum(bool(re.search(one, value)) for one in ("[a-z]", "[A-Z]", r"\d", "[^A-Za-z0-9]"))
    counts = [value.count(one) / len(value) for one in set(value)]
    return kinds >= 2 and -sum(share * math.log2(share) for share in counts) >= 2.5


def connect():
    return psycopg2.connect(host=os.environ.get("PGHOST", "postgres"), user="odoo", dbname="odoo", application_name="odoo-clone-scan")


def tables_of(cursor):
    """{table: (has an id, [(column, type)])}, the largest first, of all schemas but Postgres' own."""
    cursor.execute(
        """SELECT n.nspname, c.relname, bool_or(a.attname = 'id'),
             json_agg(json_build_array(a.attname, format_type(a.atttypid, NULL)) ORDER BY a.attnum)
           FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
           WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND a.attnum > 0 AND NOT a.attisdropped
           GROUP BY n.nspname, c.relname, c.oid, c.relpages ORDER BY c.relpages DESC"""
    )
    return [(schema, name, numbered, columns) for schema, name, numbered, columns in cursor.fetchall()]


class Sink:
    """Takes COPY's text, a line at a time, and hands it on in large pieces."""

    def __init__(self, take):
        self.take, self.lines, self.size, self.bytes = take, [], 0, 0

    def write(self, data):
        self.lines.append(data)
        self.size += len(data)
        if self.size >= CHUNK:
            self.flush()

    def flush(self):
        if self.lines:
            self.take(b"".join(self.lines))
            self.bytes += self.size
            self.lines, self.size = [], 0


def unescaped(field):
    """A field of COPY's text format."""
    if b"\\" in field:
        field = re.sub(rb"\\(.)", lambda match: {b"n": b"\n", b"t": b"\t", b"r": b"\r"}.get(match[1], match[1]), field, flags=re.S)
    return field.decode("utf-8", "replace")


def begin_worker(path, allow):
    """One connection and one reading of the rules for many tables."""
    global rules, connection
    rules, connection = Rules(path, allow), connect()


def scan_table(job):
    (schema, table, numbered, columns), remove = job
    findings, counted = [], {"rows": 0, "bytes": 0, "columns": 0}
    name = table if schema == "public" else f"{schema}.{table}"
    texts = [column for column, kind in columns if kind in TEXTS]
    raws = [column for column, kind in columns if kind == "bytea"]
    closed = [column for column in texts + raws if rules.columns.search(column) and not rules.spared.search(f"{name}.{column}")]
    counted["columns"] = len(texts) + len(raws)
    relation = sql.Identifier(schema, table)
    row_id = sql.SQL("id::text") if numbered else sql.SQL("ctid::text")
    changes, emptied = {}, []

    def tell(column, row, kind, secret=None):
        if rules.allowed(name, column, kind):
            return
        findings.append({"table": name, "column": column, "row": row, "kind": kind})
        if remove and secret is not None:
            changes.setdefault(row, {}).setdefault(column, []).append(secret)

    with connection, connection.cursor() as cursor:
        if table in rules.empty:
            cursor.execute(sql.SQL("SELECT {} FROM {}").format(row_id, relation))
            for (row,) in cursor.fetchall():
                tell("*", row, rules.empty[table])
        if closed:
            cursor.execute(
                sql.SQL("SELECT {}, {} FROM {} WHERE {}").format(
                    row_id,
                    sql.SQL(", ").join(sql.SQL("left(encode({}, 'escape'), 300)").format(sql.Identifier(one)) if one in raws else sql.SQL("left({}::text, 300)").format(sql.Identifier(one)) for one in closed),
                    relation,
                    sql.SQL(" OR ").join(sql.SQL("{} IS NOT NULL").format(sql.Identifier(one)) for one in closed),
                )
            )
            for row, *held in cursor.fetchall():
                for column, value in zip(closed, held):
                    if value is not None and not HARMLESS.match(value):
                        tell(column, row, "credential-column")
        if table == "ir_config_parameter" and schema == "public":
            cursor.execute("SELECT id::text, key, value FROM ir_config_parameter")
            for row, key, value in cursor.fetchall():
                if rules.parameters.search(key) and not rules.not_parameters.search(key) and not HARMLESS.match(value or ""):
                    tell("value", row, "credential-parameter")
        open_texts = [one for one in texts if one not in closed]
        if open_texts:

            def take(chunk):
                counted["rows"] += chunk.count(b"\n")
                for start, suspected in rules.suspected(chunk).items():
                    row, *fields = chunk[start : end_of_line(chunk, start)].split(b"\t")
                    for column, field in zip(open_texts, fields):
                        if field == b"\\N":
                            continue
                        for kind, secret in rules.in_text(unescaped(field), suspected):
                            tell(column, row.decode(), kind, secret)

            sink = Sink(take)
            statement = sql.SQL("COPY (SELECT {}, {} FROM {}) TO STDOUT").format(row_id, sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(one)) for one in open_texts), relation)
            cursor.copy_expert(statement.as_string(cursor), sink)
            sink.flush()
            counted["bytes"] += sink.bytes
        for column in (one for one in raws if one not in closed):
            cursor.execute(sql.SQL("SELECT {}, {} FROM {} WHERE octet_length({}) BETWEEN 8 AND %s").format(row_id, sql.Identifier(column), relation, sql.Identifier(column)), [LARGEST_FILE])
            for row, value in cursor:
                counted["bytes"] += len(value)
                for kind, _ in in_bytes(rules, bytes(value)):
                    tell(column, row, kind)
                    emptied.append((column, row))
        for column, row in emptied if remove else []:
            cursor.execute(sql.SQL("UPDATE {} SET {} = %s WHERE {} = %s").format(relation, sql.Identifier(column), row_id), [REMOVED.encode(), row])
        for row, of_columns in changes.items():
            for column, secrets in of_columns.items():
                put_out(cursor, relation, row_id, row, column, secrets)
    return findings, counted


def put_out(cursor, relation, row_id, row, column, secrets):
    field = sql.Identifier(column)
    cursor.execute(sql.SQL("SELECT {}::text, pg_typeof({})::text FROM {} WHERE {} = %s").format(field, field, relation, row_id), [row])
    text, kind = cursor.fetchone()
    for secret in sorted(secrets, key=len, reverse=True):
        # As JSON writes it, too.
        for form in (secret, json.dumps(secret)[1:-1]):
            text = text.replace(form, REMOVED)
    cursor.execute(sql.SQL("UPDATE {} SET {} = %s::" + kind + " WHERE {} = %s").format(relation, field, row_id), [text, row])


def in_bytes(rules, data):
    """What stands in a file, also where Odoo keeps it as base64."""
    if b"\0" in data[:4096]:
        return []
    found = rules.in_text(data.decode("utf-8", "replace"))
    if not found and re.fullmatch(rb"[A-Za-z0-9+/\s]+=*\s*", data[:4096]):
        try:
            inner = base64.b64decode(data, validate=False)
        except binascii.Error:
            return found
        if b"\0" not in inner[:4096]:
            found = rules.in_text(inner.decode("utf-8", "replace"))
    return found


def scan_files(rules, folder, remove):
    """Attachments that are text, by their files. What is removed gets another file, as it gets another sha1."""
    findings, counted = [], {"files": 0, "bytes": 0, "unread": 0}
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.ir_attachment') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return findings, counted
        cursor.execute("SELECT store_fname, min(id), min(coalesce(mimetype, 'application/octet-stream')), min(url) FROM ir_attachment WHERE store_fname IS NOT NULL GROUP BY store_fname")
        for name, row, kind_of_file, url in cursor.fetchall():
            path = os.path.join(folder, name)
            # Odoo's own, made of its modules.
            if (url or "").startswith("/web/assets/") or not READ_AS_TEXT.search(kind_of_file):
                continue
            # One that is missing has been told of already.
            if not os.path.exists(path) or os.path.getsize(path) > LARGEST_FILE:
                counted["unread"] += 1
                continue
            data = open(path, "rb").read()
            counted["files"] += 1
            counted["bytes"] += len(data)
            found = [(kind, secret) for kind, secret in in_bytes(rules, data) if not rules.allowed("ir_attachment", "store_fname", kind)]
            findings += [{"table": "ir_attachment", "column": "store_fname", "row": str(row), "kind": kind} for kind, _ in found]
            if found and remove:
                replace_file(cursor, folder, name, data, [secret for _, secret in found])
    connection.close()
    return findings, counted


def replace_file(cursor, folder, name, data, secrets):
    text = data
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret.encode(), REMOVED.encode())
    if text == data:
        # It stood in there in another form.
        text = b"This file held a credential and was removed from the copy.\n"
    sha = hashlib.sha1(text).hexdigest()
    new = f"{sha[:2]}/{sha}"
    os.makedirs(os.path.join(folder, sha[:2]), exist_ok=True)
    with open(os.path.join(folder, new), "wb") as file:
        file.write(text)
    cursor.execute("UPDATE ir_attachment SET store_fname = %s, checksum = %s, file_size = %s, index_content = NULL WHERE store_fname = %s", [new, sha, len(text), name])
    os.remove(os.path.join(folder, name))


def whole(connection):
    """What cannot be looked through is a finding."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_largeobject_metadata")
        if cursor.fetchone()[0]:
            yield {"table": "pg_largeobject", "column": "data", "row": "*", "kind": "unread-data"}
        cursor.execute("SELECT datname FROM pg_database WHERE datname NOT IN ('odoo', 'postgres', 'template0', 'template1')")
        for (name,) in cursor.fetchall():
            yield {"table": "pg_database", "column": name, "row": "*", "kind": "unread-data"}
        cursor.execute("SELECT c.relname FROM pg_class c WHERE c.relkind = 'f'")
        for (name,) in cursor.fetchall():
            yield {"table": name, "column": "*", "row": "*", "kind": "way-to-another-server"}


def main():
    path, folder, *mode = sys.argv[1:]
    remove = mode == ["remove"]
    allow = json.loads(sys.stdin.read() or "{}").get("allow", [])
    rules = Rules(path, allow)
    began = time.monotonic()
    connection = connect()
    with connection.cursor() as cursor:
        tables = tables_of(cursor)
    connection.rollback()
    findings = [] if remove else list(whole(connection))
    connection.close()
    sums = {"tables": len(tables), "columns": 0, "rows": 0, "bytes": 0, "files": 0, "unread": 0}
    with ProcessPoolExecutor(max_workers=2, initializer=begin_worker, initargs=(path, allow)) as pool:
        for found, counted in pool.map(scan_table, [(table, remove) for table in tables]):
            findings += found
            for key, value in counted.items():
                sums[key] += value
    found, counted = scan_files(rules, folder, remove)
    findings += found
    for key, value in counted.items():
        sums[key] += value
    kinds = {}
    for one in findings:
        kinds[one["kind"]] = kinds.get(one["kind"], 0) + 1
    print(json.dumps({"clean": not findings, "count": len(findings), "kinds": kinds, "findings": findings[:SHOWN], "scanned": {**sums, "seconds": round(time.monotonic() - began, 1)}}))


if __name__ == "__main__":
    main()

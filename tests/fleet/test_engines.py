"""Records in an engine: what tools/bcast_fleet/README.md says of it is run."""
import collections
import contextlib
import json
import re
import shutil
import socket
import sqlite3
import subprocess

import pytest

from cluster import wait_for
from wireshark import AS_NOBODY, REPOSITORY

README = (REPOSITORY / 'tools' / 'bcast_fleet' / 'README.md').read_text()
BLOCKS = dict(re.findall(r'<!-- (.*?) -->\n```\w+\n(.*?)```', README, re.DOTALL))
CLICKHOUSE = shutil.which('clickhouse-server', path='/usr/sbin:/usr/bin')
CONFIG = """<yandex>
  <logger><level>warning</level><console>1</console></logger>
  <listen_host>127.0.0.1</listen_host>
  <tcp_port>{port}</tcp_port>
  <path>{folder}/data/</path>
  <tmp_path>{folder}/tmp/</tmp_path>
  <mark_cache_size>5368709</mark_cache_size>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <users_config>users.xml</users_config>
</yandex>
"""
USERS = """<yandex>
  <profiles><default/></profiles>
  <users><default>
    <password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
  </default></users>
  <quotas><default/></quotas>
</yandex>
"""


@pytest.fixture(scope='module')
def records(wireshark, check):
    """Of many shipped captures: whatever can be in them."""
    folder = wireshark.root / 'records'
    folder.mkdir()
    folder.chmod(0o777)
    check('--records', str(folder / 'records.ndjson'), 'captures')
    return folder / 'records.ndjson'


@pytest.fixture(scope='module')
def expected(records):
    """What the query gives, computed otherwise."""
    found = collections.defaultdict(list)
    for record in map(json.loads, records.read_text().splitlines()):
        if record['type'] == 'finding':
            found[record['rule'], record['level']].append(record)
    rows = [(*kind, len(same), len({one['capture'] for one in same}), len({one['terminal'] for one in same} - {None}))
            for kind, same in found.items()]  # fmt: skip
    assert len(rows) > 20
    return sorted(rows, key=lambda row: (-row[2], row[0], row[1]))


def test_sqlite(records, expected, tmp_path, monkeypatch):
    shutil.copy(records, tmp_path)
    monkeypatch.chdir(tmp_path)
    exec(BLOCKS['sqlite load'], {})
    with contextlib.closing(sqlite3.connect('records.db')) as database:
        database.execute(BLOCKS['sqlite'])
        assert database.execute(BLOCKS['query']).fetchall() == expected
        ltkms = database.execute('SELECT count(*), count("ltkm.id"), count("ltkm.verified_in") FROM records '
                                 "WHERE type = 'ltkm'").fetchone()  # fmt: skip
    assert ltkms == tuple(sum(name in record for record in map(json.loads, records.read_text().splitlines())
                              if record['type'] == 'ltkm') for name in ('type', 'ltkm.id', 'ltkm.verified_in'))  # fmt: skip


@pytest.fixture
def clickhouse(folder):
    """A server of its own; what asks it something."""
    with socket.create_server(('127.0.0.1', 0)) as free:
        port = free.getsockname()[1]
    (folder / 'config.xml').write_text(CONFIG.format(port=port, folder=folder))
    (folder / 'users.xml').write_text(USERS)
    with open(folder / 'log', 'w') as log:
        server = subprocess.Popen([*AS_NOBODY, CLICKHOUSE, f'--config-file={folder}/config.xml'], stdout=log, stderr=log)

    def ask(*arguments, **options):
        return subprocess.run(['clickhouse-client', '--host', '127.0.0.1', '--port', str(port), *arguments], text=True,
                              capture_output=True, **options)  # fmt: skip
    try:
        wait_for(lambda: ask('--query', 'SELECT 1').stdout == '1\n')
        yield ask
    finally:
        server.kill()
        server.wait()


@pytest.mark.skipif(not (CLICKHOUSE and shutil.which('clickhouse-client')),
                    reason='ClickHouse is not installed: clickhouse-server and clickhouse-client of Debian 12, gone from later ones')
def test_clickhouse(records, expected, clickhouse):
    def run(*arguments, **options):
        done = clickhouse(*arguments, **options)
        assert done.returncode == 0, done.stderr
        return [line.split('\t') for line in done.stdout.splitlines()]
    load, = re.findall(r"clickhouse-client (.*) --query '(INSERT .*)' <records", README)
    run('--query', BLOCKS['clickhouse'].rstrip().rstrip(';'))
    with open(records) as lines:
        run(*load[0].split(), '--query', load[1], stdin=lines)
    assert run('--query', 'SELECT count(*), count(at) > 0, countIf(`ltkm.verified_in` > 0) > 0 FROM records') == [
        [str(len(records.read_text().splitlines())), '1', '1']]  # fmt: skip
    assert run('--query', BLOCKS['query']) == [list(map(str, row)) for row in expected]


def columns(block):
    return set(re.findall(r'[("{`, ]([\w.]+)["`]?:? \'?(?:VARCHAR|UINTEGER|(?:Nullable\()?(?:String|UInt32))', BLOCKS[block]))


def test_the_same_columns():
    """No engine is told of fewer than the others."""
    mapping = json.loads(BLOCKS['opensearch'])['mappings']['properties']
    assert columns('duckdb') == columns('clickhouse') == set(mapping) == set(re.findall(r'\' AS "?([\w.]+)', BLOCKS['sqlite']))
    assert set(re.findall(r'\b(?:rule|level|capture|terminal|type)\b', BLOCKS['query'])) <= set(mapping)


def test_opensearch(records):
    """Its query asks for fields that are mapped as keywords. Dots make objects of names: none may be a value and an object, too."""
    properties = json.loads(BLOCKS['opensearch'])['mappings']['properties']
    query = json.loads(BLOCKS['opensearch query'])
    asked = {*query['query']['term'], *re.findall(r'"field": "([\w.]+)"', BLOCKS['opensearch query'])}
    assert len(asked) == 5 and {properties[name]['type'] for name in asked} == {'keyword'}
    names = set().union(*map(json.loads, records.read_text().splitlines()))
    assert set(properties) <= names
    assert [(one, other) for one in names for other in names if other.startswith(one + '.')] == []

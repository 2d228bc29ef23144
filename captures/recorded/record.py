#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Record recorded.pcap: MBMS security procedures between real programs on the loopback interface.

    BSM       127.0.0.1   Apache httpd with digest authentication; MIKEY over UDP by this script
    terminal  127.0.0.2   curl; MIKEY over UDP by this script
    terminal  127.0.0.3   curl, registering with a delivery type the BSM has not got

Needs root (tcpdump), Debian's apache2-bin, tcpdump, curl and openssl. See RECIPE.md.
"""

import base64
import hashlib
import hmac
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

BSM, TERMINAL, OTHER_TERMINAL = "127.0.0.1", "127.0.0.2", "127.0.0.3"
HTTP_PORT, LTKM_PORT = 8088, 4359
NAF = "bsm.example.org"
REALM = f"3GPP-bootstrapping@{NAF}"
BTID = "dGVzdC1idGlkLTAwMDE=@bsf.example.org"
OTHER_BTID = "dGVzdC1idGlkLTAwMDI=@bsf.example.org"
MUK = bytes(range(32))
MRK = base64.b64encode(bytes(range(0x80, 0xA0))).decode()
SERVICE = "urn:3gpp:mbms:example:service:identification:123456789abcdef"
KEY_DOMAIN = bytes.fromhex("b8709d")
REGISTER_NS = "urn:3GPP:metadata:2005:MBMS:securityRegistration"
DEREGISTER_NS = "urn:3GPP:metadata:2005:MBMS:securityDeregistration"
REGISTER_RESPONSE_NS = "urn:3GPP:metadata:2005:MBMS:securityRegistrationResponse"
MSK_NS = "urn:3GPP:metadata:2005:MBMS:mskRequest"
MSK_RESPONSE_NS = "urn:3GPP:metadata:2005:MBMS:mskResponse"
BCAST_NS = "urn:oma:xml:bcast:pr:orderqueries:1.0"

# --- MIKEY (RFC 3830), pre-shared key, PRF func 0 -------------------------------------------------

KEMAC, T, ID, V, RAND, EXT = 1, 5, 6, 9, 11, 21
ENCR_KEY, AUTH_KEY, SALT_KEY = bytes.fromhex("150533e1"), bytes.fromhex("2d22ac75"), bytes.fromhex("29b88916")


def sha1_mac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha1).digest()


def prf_block(key: bytes, label: bytes, size: int) -> bytes:
    """The P function of RFC 3830, 4.1.2."""
    out, a = b"", label
    while len(out) < size:
        a = sha1_mac(key, a)
        out += sha1_mac(key, a + label)
    return out[:size]


def prf(key: bytes, label: bytes, size: int) -> bytes:
    """One P per 32 bytes of key, XORed together."""
    out = bytes(size)
    for at in range(0, len(key), 32):
        out = xor(out, prf_block(key[at:at + 32], label, size))
    return out


def xor(a: bytes, b: bytes) -> bytes:
    return bytes(x ^ y for x, y in zip(a, b, strict=True))


def aes_cm(key: bytes, iv: bytes, data: bytes) -> bytes:
    command = ["openssl", "enc", "-aes-128-ctr", "-K", key.hex(), "-iv", iv.hex()]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def sized(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


@dataclass(frozen=True)
class Ltkm:
    """A long-term key message; the fields are what differs from one message to the next."""

    csb_id: int
    counter: int
    msk_id: int
    key: bytes
    rand: bytes
    management_data: bytes
    first: int = 0x0001  # key validity interval; first > last takes the key back
    last: int = 0xFFFE
    idi: bytes = NAF.encode()
    idr: bytes = BTID.encode()

    def transport_key(self, constant: bytes, size: int) -> bytes:
        return prf(MUK, constant + b"\xff" + self.csb_id.to_bytes(4, "big") + self.rand, size)

    def encrypted_key(self) -> bytes:
        interval = b"\x02" + self.first.to_bytes(2, "big") + b"\x02" + self.last.to_bytes(2, "big")
        plain = b"\x00\x02" + sized(self.key) + interval  # key data: last, TGK with interval
        nonce = bytes(2) + self.csb_id.to_bytes(4, "big") + self.counter.to_bytes(8, "big")
        iv = xor(self.transport_key(SALT_KEY, 14), nonce) + bytes(2)
        return aes_cm(self.transport_key(ENCR_KEY, 16), iv, plain)

    def header(self, data_type: int, next_payload: int, verify: bool) -> bytes:
        return bytes([1, data_type, next_payload, verify << 7]) + self.csb_id.to_bytes(4, "big") + b"\x00\x01"

    def timestamp(self) -> bytes:
        return self.counter.to_bytes(4, "big")

    def encode(self) -> bytes:
        ids = b"\x00\x03" + KEY_DOMAIN + b"\x01\x04" + self.msk_id.to_bytes(4, "big")
        management = b"\x01" + self.management_data
        message = self.header(0, EXT, verify=True)
        if self.management_data:
            message += bytes([EXT, 3]) + sized(ids) + bytes([T, 5]) + sized(management)
        else:
            message += bytes([T, 3]) + sized(ids)
        message += bytes([RAND, 2]) + self.timestamp()
        message += bytes([ID, len(self.rand)]) + self.rand
        message += bytes([ID, 1]) + sized(self.idi)
        message += bytes([KEMAC, 0]) + sized(self.idr)
        message += b"\x00\x01" + sized(self.encrypted_key()) + b"\x01"
        return message + sha1_mac(self.transport_key(AUTH_KEY, 20), message)

    def verification(self) -> bytes:
        message = self.header(1, T, verify=False)
        message += bytes([ID, 2]) + self.timestamp()
        message += bytes([V, 0]) + sized(self.idr)
        message += b"\x00\x01"
        covered = message + self.idi + self.idr + self.timestamp()
        return message + sha1_mac(self.transport_key(AUTH_KEY, 20), covered)


def ltkm(number: int, msk_number: int, **validity: int) -> Ltkm:
    """The LTKM with running number 1, 2, 3 …; fixed values, so that every recording has the same."""
    return Ltkm(
        csb_id=0xA1B2C300 + number,
        counter=41 + number,
        msk_id=0x68C90000 + msk_number,
        key=hashlib.sha256(b"MSK %d" % msk_number).digest()[:16],
        rand=hashlib.sha256(b"RAND %d" % number).digest()[:16],
        management_data=bytes.fromhex("00c0ffee") + bytes([number]),
        **validity,
    )


AT_REGISTRATION = [ltkm(1, 1)]
AT_MSK_REQUEST = [ltkm(2, 2), ltkm(3, 3)]
PUSHED = ltkm(4, 4)
AT_DEREGISTRATION = [ltkm(5, 1, first=0xFFFE, last=0x0001)]
LTKMS = {each.encode(): each for each in AT_REGISTRATION + AT_MSK_REQUEST + [PUSHED] + AT_DEREGISTRATION}


def check_encoder() -> None:
    """Known answers: a transport key of the Wireshark wiki's mikey_psk.pcap, and two computed messages."""
    rand = bytes.fromhex("6813b3758c1cfe138d8b2ba886d3f449")
    real = prf(b"secret", AUTH_KEY + b"\xff" + bytes.fromhex("8aa5717a") + rand, 20)
    assert real.hex() == "cd4d1c3f2f72d4fb017229e17a5dfdd662ccae82"
    plain = Ltkm(0xA1B2C3D4, 0x2A, 0x68C90001, bytes(range(0x40, 0x50)), bytes(range(0x10, 0x20)), b"")
    assert plain.encode().hex().endswith("97bb80585428a56319b861be6d7f15d28974b5b2")
    assert plain.verification().hex().endswith("faf0c2dbb303b47358ecf00a2850abe81650cf96")
    managed = Ltkm(0xA1B2C3D4, 0x2A, 0x68C90001, plain.key, plain.rand, bytes.fromhex("deadbeef"))
    assert managed.encode().hex().endswith("859ad3c97ba03b57423d53f5494238b9e294262f")


# --- XML documents --------------------------------------------------------------------------------


def document(root: str, namespace: str, *content: str) -> str:
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}\n   xmlns="{namespace}"\n   xmlns:bcast="{BCAST_NS}">\n'
    return head + "\n".join(content) + f"\n</{root}>\n"


def service(indent: str) -> str:
    return f"{indent}<serviceID>\n{indent}   {SERVICE}\n{indent}</serviceID>"


def delivery(container: str, types: list[int]) -> str:
    listed = "".join(f"<Type>{each}</Type>" for each in types)
    return f"   <bcast:{container}>\n      <LTKMDelivery>{listed}</LTKMDelivery>\n   </bcast:{container}>"


def msk(msk_id: int) -> str:
    domain = base64.b64encode(KEY_DOMAIN).decode()
    encoded = base64.b64encode(msk_id.to_bytes(4, "big")).decode()
    return f"<MSK><keyDomainID>{domain}</keyDomainID><MSKID>{encoded}</MSKID></MSK>"


def response(subject: str, container: str, ltkms: list[Ltkm], prefix: str = "") -> str:
    encoded = [base64.b64encode(each.encode()).decode() for each in ltkms]
    lines = [f"         <{prefix}LTKM>{each}</{prefix}LTKM>" for each in encoded]
    return "\n".join(
        ["   <Response>", subject, "      <ResponseCode>200 OK</ResponseCode>", f"      <bcast:{container}>"]
        + lines
        + [f"      </bcast:{container}>", "   </Response>"]
    )


def requests() -> dict[str, str]:
    offer, sms_only = ([delivery("RegistrationRequestExtension", types)] for types in ([0, 2], [1]))
    wanted = [f"   {msk(each.msk_id)}" for each in AT_MSK_REQUEST]
    return {
        "register": document("mbmsSecurityRegister", REGISTER_NS, service("   "), *offer),
        "register-sms-only": document("mbmsSecurityRegister", REGISTER_NS, service("   "), *sms_only),
        "msk-request": document("mbmsMSKRequest", MSK_NS, *wanted),
        "deregister": document("mbmsSecurityDeregister", DEREGISTER_NS, service("   ")),
    }


def responses() -> dict[str, str]:
    registered = response(service("      "), "RegistrationResponseResponseExtension", AT_REGISTRATION)
    granted = delivery("RegistrationResponseExtension", [0, 2])
    keys = [
        response(f"      {msk(each.msk_id)}", "LTKMResponseResponseExtension", [each], prefix="bcast:")
        for each in AT_MSK_REQUEST
    ]
    gone = response(service("      "), "DeregistrationResponseResponseExtension", AT_DEREGISTRATION)
    return {
        "register": document("mbmsSecurityRegisterResponse", REGISTER_RESPONSE_NS, registered, granted),
        "msk-request": document("mbmsMSKResponse", MSK_RESPONSE_NS, *keys),
        "deregister": document("mbmsSecurityRegisterResponse", REGISTER_RESPONSE_NS, gone),
    }


# --- the BSM: Apache, one CGI script --------------------------------------------------------------

MODULES = "mpm_prefork authn_core authn_file authz_core authz_user auth_digest alias env filter deflate cgi".split()

APACHE_CONF = """\
{modules}
ServerRoot {home}
ServerName {naf}
Listen {bsm}:{port}
User www-data
Group www-data
PidFile {home}/httpd.pid
ErrorLog {home}/error.log
KeepAlive On
ScriptAlias /keys {home}/keys.sh
AddOutputFilterByType DEFLATE application/mbms-msk-response+xml
<Location /keys>
    AuthType Digest
    AuthName "{realm}"
    AuthDigestProvider file
    AuthUserFile {home}/users
    Require valid-user
    SetEnv DOCUMENTS {home}
    SetEnv ap_trust_cgilike_cl 1
</Location>
"""

# A Content-Length for the registration response, none (so chunks) for the deregistration response,
# and nothing at all for a terminal that offers neither UDP nor HTTP.
KEYS_CGI = """\
#!/bin/sh
body=$(cat)
document=$DOCUMENTS/response-${QUERY_STRING#requesttype=}
type=register
case $QUERY_STRING in
*=register)
    case $body in
    *'<Type>0<'* | *'<Type>2<'*) length="Content-Length: $(wc -c <"$document")\\n" ;;
    *) printf 'Status: 403 Forbidden\\n\\n' && exit ;;
    esac ;;
*=msk-request) type=msk ;;
esac
printf "Content-Type: application/mbms-$type-response+xml\\n$length\\n"
case $QUERY_STRING in
*=deregister)
    head -n 5 "$document"
    sleep 0.03
    tail -n +6 "$document" ;;
*) cat "$document" ;;
esac
"""


def user_line(name: str) -> str:
    return f"{name}:{REALM}:" + hashlib.md5(f"{name}:{REALM}:{MRK}".encode()).hexdigest() + "\n"


def write_apache_home(home: Path) -> None:
    home.chmod(0o755)
    modules = "\n".join(f"LoadModule {each}_module /usr/lib/apache2/modules/mod_{each}.so" for each in MODULES)
    conf = APACHE_CONF.format(modules=modules, home=home, naf=NAF, bsm=BSM, port=HTTP_PORT, realm=REALM)
    (home / "httpd.conf").write_text(conf)
    (home / "users").write_text(user_line(BTID) + user_line(OTHER_BTID))
    (home / "keys.sh").write_text(KEYS_CGI)
    (home / "keys.sh").chmod(0o755)
    for name, text in responses().items():
        (home / f"response-{name}").write_text(text)
    for name, text in requests().items():
        (home / f"request-{name}").write_text(text)


def wait_for_port(address: str, port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex((address, port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on {address}:{port}")


# --- the terminal: curl, and MIKEY over UDP -------------------------------------------------------


def transfer(home: Path, procedure: str, media_type: str, btid: str, source: str, auth: str) -> list[str]:
    """The curl arguments of one POST; its response body goes to a file of the procedure's name."""
    kind = procedure.replace("-sms-only", "")
    return [
        *("--resolve", f"{NAF}:{HTTP_PORT}:{BSM}", "--interface", source, "--silent", "--no-buffer"),
        *(auth, "--user", f"{btid}:{MRK}", "--header", f"Content-Type: {media_type}", "--compressed"),
        *("--data-binary", f"@{home}/request-{procedure}", "--output", str(home / f"got-{procedure}")),
        f"http://{NAF}:{HTTP_PORT}/keys?requesttype={kind}",
    ]


def received_ltkms(home: Path, procedure: str) -> list[Ltkm]:
    """Wait for the response, then look up its LTKMs by their bytes."""
    file = home / f"got-{procedure}"
    for _ in range(10000):
        text = file.read_text() if file.exists() else ""
        if text.endswith("Response>\n"):
            return [LTKMS[base64.b64decode(each)] for each in re.findall(r"<(?:bcast:)?LTKM>([^<]+)<", text)]
        time.sleep(0.001)
    raise TimeoutError(f"no response to {procedure}")


def udp_socket(address: str) -> socket.socket:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind((address, LTKM_PORT))
    udp.settimeout(2)
    return udp


def verify(ltkms: list[Ltkm], terminal: socket.socket, bsm: socket.socket) -> None:
    for each in ltkms:
        time.sleep(0.003)
        terminal.sendto(each.verification(), (BSM, LTKM_PORT))
        assert bsm.recv(2000) == each.verification()


def register_and_request_keys(home: Path, terminal: socket.socket, bsm: socket.socket) -> None:
    """Both procedures on one connection; --rate leaves time for the verification messages."""
    register = transfer(home, "register", "application/mbms-register+xml", BTID, TERMINAL, "--digest")
    keys = transfer(home, "msk-request", "application/mbms-msk+xml", BTID, TERMINAL, "--digest")
    with subprocess.Popen(["curl", "--rate", "5/s", *register, "--next", *keys]):
        verify(received_ltkms(home, "register"), terminal, bsm)
        verify(received_ltkms(home, "msk-request"), terminal, bsm)


def push(message: Ltkm, terminal: socket.socket, bsm: socket.socket) -> None:
    bsm.sendto(message.encode(), (TERMINAL, LTKM_PORT))
    verify([LTKMS[terminal.recv(2000)]], terminal, bsm)


def deregister(home: Path, terminal: socket.socket, bsm: socket.socket) -> None:
    media_type = "application/mbms-deregister+xml"
    subprocess.run(["curl", *transfer(home, "deregister", media_type, BTID, TERMINAL, "--anyauth")], check=True)
    verify(received_ltkms(home, "deregister"), terminal, bsm)


def register_in_vain(home: Path) -> None:
    media_type = "application/mbms-register+xml"
    arguments = transfer(home, "register-sms-only", media_type, OTHER_BTID, OTHER_TERMINAL, "--anyauth")
    subprocess.run(["curl", *arguments], check=True)


def talk(home: Path) -> None:
    with udp_socket(BSM) as bsm, udp_socket(TERMINAL) as terminal:
        register_and_request_keys(home, terminal, bsm)
        time.sleep(0.1)
        push(PUSHED, terminal, bsm)
        time.sleep(0.1)
        deregister(home, terminal, bsm)
        time.sleep(0.1)
        register_in_vain(home)


# --- recording ------------------------------------------------------------------------------------


def start_tcpdump(pcap: Path) -> subprocess.Popen[bytes]:
    what = f"tcp port {HTTP_PORT} or udp port {LTKM_PORT}"
    command = ["tcpdump", "-i", "lo", "-U", "-Z", "root", "-s", "0", "-w", str(pcap), what]
    tcpdump = subprocess.Popen(command, stderr=subprocess.PIPE)
    assert tcpdump.stderr and b"listening" in tcpdump.stderr.readline()
    return tcpdump


def stop(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    process.send_signal(how)
    process.wait(timeout=10)


def record(pcap: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        write_apache_home(home)
        command = ["apache2", "-f", str(home / "httpd.conf"), "-D", "FOREGROUND"]
        apache = subprocess.Popen(command, start_new_session=True)  # it ends by a signal to its process group
        wait_for_port(BSM, HTTP_PORT)
        tcpdump = start_tcpdump(home / "recorded.pcap")
        try:
            talk(home)
            time.sleep(0.5)
        except Exception:
            sys.stderr.write((home / "error.log").read_text())
            raise
        finally:
            stop(tcpdump, signal.SIGINT)
            stop(apache, signal.SIGTERM)
        shutil.copyfile(home / "recorded.pcap", pcap)


if __name__ == "__main__":
    check_encoder()
    record(Path(__file__).with_name("recorded.pcap"))

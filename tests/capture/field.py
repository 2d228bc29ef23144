"""Small networks in which something goes wrong with some terminals."""
from made import Capture, cast, documents, mikey, procedures

from captures.generator.network import Host, stable

NEWS, SPORT = cast.NEWS, cast.SPORT
BSM = cast.BSM_1
KEY = cast.key_ids(0x68C9, 1)


class Field:
    """One capture of many terminals."""

    def __init__(self, path) -> None:
        self.capture = Capture(path.stem, '')
        self.path = path
        self._port = 49200

    def terminal(self, number: int, address: int | None = None) -> cast.Subscriber:
        """By its number, at its own address or that of another one."""
        host = Host(f'terminal-{number}.example.org', f'10.1.0.{address or number}')
        btid = f'dGVzdC1idGlkLTAwM{number:02}=@bsf.example.org'
        return cast.Subscriber(host, btid, stable(f'MRK {number}', 32), {bsm.name: stable(f'MUK {number}', 32) for bsm in (cast.BSM_1, cast.BSM_2)})

    def talk(self, subscriber: cast.Subscriber, bsm=BSM) -> procedures.Dialogue:
        self._port += 1
        return procedures.Dialogue(self.capture, subscriber, bsm, self._port).open()

    def wait(self, seconds: float) -> None:
        self.capture.wait(1000 * seconds)

    def save(self, seconds: float = 60) -> str:
        """The capture goes on for a while, without a pause: with datagrams of somebody else."""
        steps = [5.0] * int(seconds // 5) + [seconds % 5]
        for step in [*steps, 0.001]:  # the last comes twice: one time stamp alone may be wild
            self.wait(step)
            self.capture.send_udp(cast.RESOLVER, cast.RESOLVER, (9, 9), b'late')
        self.path.write_bytes(self.capture.pcap())
        return str(self.path)


def registration(*services: str, delivery=(documents.HTTP,)) -> documents.Document:
    return documents.Document(documents.REGISTRATION, services=services or (NEWS,), delivery=delivery)


def registered(*entries: documents.Entry, delivery=(documents.HTTP,)) -> documents.Document:
    return documents.Document(documents.REGISTRATION_RESPONSE, entries=entries or (documents.Entry(NEWS),), delivery=delivery)


def msk_request(*msks) -> documents.Document:
    return documents.Document(documents.MSK_REQUEST, msks=msks or (KEY,))


def msk_response(*entries: documents.Entry) -> documents.Document:
    return documents.Document(documents.MSK_RESPONSE, entries=entries or (documents.Entry(msk=KEY),))


def refused(service: str = NEWS) -> documents.Entry:
    return documents.Entry(service, code='403 Forbidden')


def verify(field: Field, subscriber: cast.Subscriber, ltkm, bsm=BSM) -> int:
    return procedures.send_verification(field.capture, mikey.Verification(ltkm), subscriber.host, bsm)[0]

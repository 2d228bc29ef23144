"""AES out of libgcrypt, which every Wireshark brings along: counter mode (RFC 3830 4.2.3) and key wrap (RFC 3394)."""

import ctypes
import struct

BLOCK = 16
_ALGORITHMS = {16: 7, 32: 9}  # GCRY_CIPHER_AES128, GCRY_CIPHER_AES256
_MODE_ECB = 1

_gcrypt = ctypes.CDLL("libgcrypt.so.20")
_gcrypt.gcry_check_version.restype = ctypes.c_char_p
_gcrypt.gcry_check_version(None)


def _check(error: int) -> None:
    if error:
        raise RuntimeError(f"libgcrypt error {error:#x}")


def encrypt_blocks(key: bytes, blocks: bytes) -> bytes:
    """Encrypts whole blocks one by one (ECB)."""
    handle = ctypes.c_void_p()
    output = ctypes.create_string_buffer(len(blocks))
    _check(_gcrypt.gcry_cipher_open(ctypes.byref(handle), _ALGORITHMS[len(key)], _MODE_ECB, 0))
    try:
        _check(_gcrypt.gcry_cipher_setkey(handle, key, ctypes.c_size_t(len(key))))
        _check(
            _gcrypt.gcry_cipher_encrypt(
                handle, output, ctypes.c_size_t(len(blocks)), blocks, ctypes.c_size_t(len(blocks))
            )
        )
    finally:
        _gcrypt.gcry_cipher_close(handle)
    return output.raw


def xor(left: bytes, right: bytes) -> bytes:
    """XORs two strings of equal length."""
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def counter_mode(key: bytes, iv: bytes, data: bytes) -> bytes:
    """Encrypts or decrypts: the keystream is AES of IV, IV + 1, ..."""
    if not data:
        return b""
    first = int.from_bytes(iv, "big")
    count = -(-len(data) // BLOCK)
    counters = b"".join(((first + i) % (1 << 128)).to_bytes(BLOCK, "big") for i in range(count))
    return xor(data, encrypt_blocks(key, counters)[: len(data)])


def wrap(key: bytes, initial_value: bytes, data: bytes) -> bytes:
    """Key wrap of RFC 3394 2.2.1, index based; data is a multiple of eight bytes."""
    a, words = initial_value, [data[i : i + 8] for i in range(0, len(data), 8)]
    for step in range(6 * len(words)):
        i = step % len(words)
        block = encrypt_blocks(key, a + words[i])
        a, words[i] = xor(block[:8], struct.pack("!Q", step + 1)), block[8:]
    return a + b"".join(words)

"""Asks the windows of a process to close, as a title bar's button does: WebDriver has no word for it, and the display of
the tests has no title bars."""

import ctypes
import sys

NONE = ANY = 0
CLIENT_MESSAGE = 33

x = ctypes.CDLL("libX11.so.6")
for name in ("XOpenDisplay", "XDefaultRootWindow", "XInternAtom"):
    getattr(x, name).restype = ctypes.c_ulong
for name, arguments in {
    "XOpenDisplay": [ctypes.c_char_p],
    "XDefaultRootWindow": [ctypes.c_ulong],
    "XInternAtom": [ctypes.c_ulong, ctypes.c_char_p, ctypes.c_int],
    "XQueryTree": [ctypes.c_ulong] * 2 + [ctypes.c_void_p] * 4,
    "XGetWindowProperty": [ctypes.c_ulong] * 3 + [ctypes.c_long] * 2 + [ctypes.c_int, ctypes.c_ulong] + [ctypes.c_void_p] * 5,
    "XSendEvent": [ctypes.c_ulong, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.c_void_p],
    "XSync": [ctypes.c_ulong, ctypes.c_int],
}.items():
    getattr(x, name).argtypes = arguments


class ClientMessage(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_ulong),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("rest", ctypes.c_long * 24),
    ]


def numbers(window, name):
    """A property made of 32-bit numbers; empty where the window has none."""
    kind, form = ctypes.c_ulong(), ctypes.c_int()
    count, after, data = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_void_p()
    atom = x.XInternAtom(display, name, 0)
    x.XGetWindowProperty(
        display, window, atom, 0, 64, 0, ANY,
        *map(ctypes.byref, (kind, form, count, after, data)),
    )
    if not data.value or form.value != 32:
        return []
    return list(ctypes.cast(data, ctypes.POINTER(ctypes.c_ulong))[: count.value])


def below(window):
    root, parent, children, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_void_p(), ctypes.c_uint()
    x.XQueryTree(display, window, *map(ctypes.byref, (root, parent, children, count)))
    found = list(ctypes.cast(children, ctypes.POINTER(ctypes.c_ulong))[: count.value]) if children.value else []
    return found + [deeper for child in found for deeper in below(child)]


display = x.XOpenDisplay(None)
process = int(sys.argv[1])
delete = x.XInternAtom(display, b"WM_DELETE_WINDOW", 0)
closed = 0
for window in below(x.XDefaultRootWindow(display)):
    if numbers(window, b"_NET_WM_PID") == [process] and delete in numbers(window, b"WM_PROTOCOLS"):
        event = ClientMessage(CLIENT_MESSAGE, 0, 1, display, window, x.XInternAtom(display, b"WM_PROTOCOLS", 0), 32)
        event.data[0] = delete
        x.XSendEvent(display, window, 0, NONE, ctypes.byref(event))
        closed += 1
x.XSync(display, 0)
sys.exit(0 if closed else "no window of this process can be closed")

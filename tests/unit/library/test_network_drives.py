"""Network drives are recognized by the system's list of what is mounted where."""

from __future__ import annotations

from pathlib import Path

import pytest

from sokkuri.library.location import network_drive

MOUNTS = rb"""
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:25 / /mnt/share rw,relatime shared:1 - cifs //nas/photos rw,vers=3.1.1
31 30 254:3 / /mnt/share/local rw,relatime - ext4 /dev/sdb1 rw
32 22 0:26 / /mnt/\345\206\231\347\234\237\040nas rw - nfs4 nas:/photos rw
33 22 0:27 / /home/me/far rw,nosuid - fuse.sshfs me@far:/photos rw
34 22 0:28 / /mnt/c rw,noatime - 9p drvfs rw,dirsync,aname=drvfs;path=C:\134
35 22 8:1 / /media/usb rw - fuseblk /dev/sdc1 rw
36 22 0:29 / /mnt/auto rw - autofs systemd-1 rw
37 36 0:30 / /mnt/auto rw - smb3 //nas/more rw
38 22 0:31 / /mnt/over rw - nfs nas:/over rw
39 38 0:32 / /mnt/over rw - tmpfs none rw
nonsense
""".lstrip()

KINDS = {
    "/home/me/photos": None,
    "/mnt/share": "cifs",
    "/mnt/share/2024/夏": "cifs",
    "/mnt/share/local/photos": None,
    "/mnt/shared": None,
    "/mnt/写真 nas/a": "nfs4",
    "/home/me/far/away": "fuse.sshfs",
    "/mnt/c/Users": "9p",
    "/media/usb/DCIM": None,
    "/mnt/auto/x": "smb3",
    "/mnt/over": None,
}


@pytest.mark.parametrize("path", KINDS)
def test_each_path_lies_on_the_nearest_mount(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = tmp_path / "mounts"
    listed.write_bytes(MOUNTS)
    monkeypatch.setattr("sokkuri.library.location._MOUNTS", str(listed))
    assert network_drive(path) == KINDS[path]


def test_a_folder_of_this_machine_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = tmp_path / "mounts"
    listed.write_bytes(b"22 1 254:0 / / rw - ext4 /dev/vda rw\n")
    monkeypatch.setattr("sokkuri.library.location._MOUNTS", str(listed))
    assert network_drive(str(tmp_path)) is None
    listed.write_bytes(b"22 1 254:0 / / rw - nfs host:/ rw\n")
    assert network_drive(str(tmp_path)) == "nfs"
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    assert network_drive(str(tmp_path / "link")) == "nfs"
    listed.unlink()
    assert network_drive(str(tmp_path)) is None

"""Mounts a folder as a disk that ignores case: `python folding-disk.py BACKING MOUNT-POINT`.

Names keep the case in which they were written, as on the disks of macOS and on ext4 with casefold. Symbolic links,
hard links and modes work. Ends when the disk is unmounted.
"""

import errno
import os
import stat
import sys
import unicodedata

import mfusepy


def fold(name):
    return unicodedata.normalize("NFC", name).casefold()


class FoldingDisk(mfusepy.Operations):
    use_ns = True

    def __init__(self, backing):
        self.backing = backing
        # The names of each folder by their folded form. Nothing else changes the folder.
        self.names = {}

    def names_in(self, folder):
        if folder not in self.names:
            self.names[folder] = {fold(name): name for name in os.listdir(folder)}
        return self.names[folder]

    def real(self, path):
        """Returns the path in the folder that is mounted."""
        real = self.backing
        for name in path.split("/"):
            if name == "":
                continue
            try:
                name = self.names_in(real).get(fold(name), name)
            except OSError:
                pass
            real = os.path.join(real, name)
        return real

    def added(self, real):
        folder, name = os.path.split(real)
        if folder in self.names:
            self.names[folder].setdefault(fold(name), name)

    def removed(self, real):
        folder, name = os.path.split(real)
        if folder in self.names:
            self.names[folder].pop(fold(name), None)
        for known in [key for key in self.names if key == real or key.startswith(real + "/")]:
            del self.names[known]

    def getattr(self, path, fh=None):
        status = os.lstat(self.real(path))
        keys = ("st_mode", "st_nlink", "st_uid", "st_gid", "st_size", "st_ino", "st_blocks")
        result = {key: getattr(status, key) for key in keys}
        for kind in ("atime", "mtime", "ctime"):
            result["st_" + kind] = getattr(status, "st_" + kind + "_ns")
        return result

    def access(self, path, amode):
        if not os.access(self.real(path), amode):
            raise mfusepy.FuseOSError(errno.EACCES)
        return 0

    def readdir(self, path, fh):
        return [
            (entry.name, {"st_ino": entry.inode(), "st_mode": stat.S_IFDIR if entry.is_dir(follow_symlinks=False) else 0}, 0)
            for entry in os.scandir(self.real(path))
        ]

    def readlink(self, path):
        return os.readlink(self.real(path))

    def mkdir(self, path, mode):
        real = self.real(path)
        os.mkdir(real, mode)
        self.added(real)

    def rmdir(self, path):
        real = self.real(path)
        os.rmdir(real)
        self.removed(real)

    def unlink(self, path):
        real = self.real(path)
        os.unlink(real)
        self.removed(real)

    def symlink(self, target, source):
        real = self.real(target)
        os.symlink(source, real)
        self.added(real)

    def link(self, target, source):
        real = self.real(target)
        os.link(self.real(source), real, follow_symlinks=False)
        self.added(real)

    def rename(self, old, new, flags=0):
        source, target = self.real(old), self.real(new)
        os.rename(source, target)
        self.removed(source)
        self.removed(target)
        self.added(target)

    def chmod(self, path, mode):
        os.chmod(self.real(path), mode)

    def chown(self, path, uid, gid):
        os.chown(self.real(path), uid, gid, follow_symlinks=False)

    def utimens(self, path, times=None):
        os.utime(self.real(path), ns=times, follow_symlinks=False)

    def create(self, path, mode, fi=None):
        real = self.real(path)
        fd = os.open(real, os.O_RDWR | os.O_CREAT, mode)
        self.added(real)
        return fd

    def open(self, path, flags):
        # The kernel has done what O_EXCL and O_APPEND ask for.
        return os.open(self.real(path), flags & ~(os.O_APPEND | os.O_EXCL | os.O_CREAT))

    def read(self, path, size, offset, fh):
        return os.pread(fh, size, offset)

    def write(self, path, data, offset, fh):
        return os.pwrite(fh, data, offset)

    def truncate(self, path, length, fh=None):
        os.truncate(self.real(path) if fh is None else fh, length)

    def flush(self, path, fh):
        return 0

    def release(self, path, fh):
        os.close(fh)

    def fsync(self, path, datasync, fh):
        os.fsync(fh)

    def statfs(self, path):
        status = os.statvfs(self.backing)
        keys = ("f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_favail", "f_ffree", "f_files", "f_frsize", "f_namemax")
        return {key: getattr(status, key) for key in keys}


if __name__ == "__main__":
    backing, mount_point = sys.argv[1:]
    os.umask(0)
    mfusepy.FUSE(
        FoldingDisk(os.path.abspath(backing)),
        mount_point,
        foreground=True,
        nothreads=True,
        default_permissions=True,
        use_ino=True,
        entry_timeout=0,
        attr_timeout=0,
        fsname="folding-disk",
    )

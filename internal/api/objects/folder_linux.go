package objects

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// tagOf is another one when a file was written or replaced, even if its size and
// its time were put back: nobody sets the time of an inode's change.
func tagOf(fi os.FileInfo) string {
	at, ok := fi.Sys().(*syscall.Stat_t)
	if !ok {
		return fmt.Sprintf("%x-%x", fi.Size(), fi.ModTime().UnixNano())
	}
	tag := strconv.AppendUint(make([]byte, 0, 64), at.Ino, 36)
	for _, n := range []int64{at.Size, at.Mtim.Nano(), at.Ctim.Nano()} {
		tag = strconv.AppendInt(append(tag, '-'), n, 36)
	}
	return string(tag)
}

// nonblocking keeps a pipe from holding up whoever opens it.
const nonblocking = unix.O_NONBLOCK

// lock keeps other processes, and others in this one, from a file until it is
// closed. A file system without locks leaves that to the drivers.
func lock(f *os.File) (free bool, err error) {
	err = control(f, func(fd int) error { return unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB) })
	switch {
	case errors.Is(err, unix.EWOULDBLOCK):
		return false, nil
	case errors.Is(err, unix.ENOLCK), errors.Is(err, unix.ENOTSUP):
		return true, nil
	}
	return err == nil, err
}

// unlock gives the file up at once. Closing it does so too, but not while a process that
// was forked in that moment has it as well.
func unlock(f *os.File) {
	_ = control(f, func(fd int) error { return unix.Flock(fd, unix.LOCK_UN) })
}

// reserve makes room for n bytes from an offset on, without making the file longer, so
// that what does not fit fails before it has filled the disk for all others. Where that
// cannot be asked for, it is found out later.
func reserve(f *os.File, offset, n int64) error {
	err := control(f, func(fd int) error { return unix.Fallocate(fd, unix.FALLOC_FL_KEEP_SIZE, offset, n) })
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) || errors.Is(err, unix.EFBIG) {
		return err
	}
	return nil
}

// beginSync lets the disk begin with what was written, without waiting for it.
func beginSync(f *os.File, offset, n int64) {
	_ = control(f, func(fd int) error { return unix.SyncFileRange(fd, offset, n, unix.SYNC_FILE_RANGE_WRITE) })
}

// syncAll makes everything durable that was written to the file system of f.
func syncAll(f *os.File) error { return control(f, unix.Syncfs) }

func control(f *os.File, do func(fd int) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		for {
			if failed = do(int(fd)); !errors.Is(failed, unix.EINTR) {
				return
			}
		}
	})
	return errors.Join(err, failed)
}

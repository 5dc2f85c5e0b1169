package objects

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"syscall"
)

// known reports whether an error says already what it means.
func known(err error) bool {
	for _, kind := range []error{
		ErrNotFound, ErrChanged, ErrDenied, ErrFull, ErrNoStore, ErrUnreachable, ErrCorrupt,
		context.Canceled, context.DeadlineExceeded,
	} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// fileFault says what an error of the file system means, with its words but
// without paths of the machine.
func fileFault(err error) error {
	if err == nil || known(err) {
		return err
	}
	kind := ErrUnreachable // I/O errors and stale mounts, which may pass
	_, numbered := errors.AsType[syscall.Errno](err)
	switch {
	case !numbered: // what os.Root refuses
		kind = ErrDenied
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.ELOOP):
		kind = ErrNotFound
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		kind = ErrFull
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ENAMETOOLONG),
		errors.Is(err, syscall.EISDIR), errors.Is(err, syscall.EINVAL), errors.Is(err, syscall.EXDEV),
		errors.Is(err, syscall.ENOTEMPTY), errors.Is(err, fs.ErrExist):
		kind = ErrDenied
	}
	return fmt.Errorf("%w: %s", kind, words(err))
}

// writeFault is fileFault where a folder was to be there.
func writeFault(err error) error {
	if err = fileFault(err); errors.Is(err, ErrNotFound) {
		return fmt.Errorf("%w: %s", ErrNoStore, "the folder is gone")
	}
	return err
}

// words are the system's own.
func words(err error) string {
	if no, ok := errors.AsType[syscall.Errno](err); ok {
		return no.Error()
	}
	if at, ok := errors.AsType[*fs.PathError](err); ok { // what os.Root refuses has no number
		return at.Err.Error()
	}
	return err.Error()
}

// elseNil is an error, unless it is one of those that are expected.
func elseNil(err error, expected ...error) error {
	if slices.ContainsFunc(expected, func(kind error) bool { return errors.Is(err, kind) }) {
		return nil
	}
	return err
}

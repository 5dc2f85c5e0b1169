package objects

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

// staging is where folders keep what is on its way. It is never listed nor read.
const staging = ".switchboard/staging/"

// valid reports whether a key can be one of an object.
func valid(key string) bool {
	return key != "" && key != "." && path.Clean("/" + key)[1:] == key && utf8.ValidString(key) && !strings.ContainsRune(key, 0)
}

// hidden reports whether a key, or that of a folder, is in it.
func hidden(key string) bool {
	return strings.HasPrefix(key, staging) || key == staging[:len(staging)-1]
}

// look refuses a key that no object has.
func look(key string) error {
	if !valid(key) || hidden(key) {
		return fmt.Errorf("%w: %q", ErrNotFound, key)
	}
	return nil
}

// folderOf is the part of a prefix up to its last slash.
func folderOf(prefix string) string { return prefix[:strings.LastIndexByte(prefix, '/')+1] }

package probe

import (
	"errors"
	"slices"
	"strings"
)

const (
	nas               = "nas-connector"
	pathShareProtocol = "linkConfig.protocol"
)

// shareAddress is a share as the link names it: \\host\name\folder or
// //host/name/folder for SMB, host:/name for NFS.
type shareAddress struct {
	host   string // an IPv6 address stands in brackets
	name   string // of an SMB share; the whole path of an NFS export
	folder string // below the SMB share, with backslashes
}

func smbShare(text string) (shareAddress, bool) {
	text = strings.ReplaceAll(text, "/", `\`)
	rest, found := strings.CutPrefix(text, `\\`)
	host, path, _ := strings.Cut(rest, `\`)
	name, folder, _ := strings.Cut(path, `\`)
	return shareAddress{host, name, strings.Trim(folder, `\`)}, found && plain(host) && plain(path) && name != ""
}

func nfsShare(text string) (shareAddress, bool) {
	host, path, found := strings.Cut(text, ":/")
	return shareAddress{host: host, name: "/" + path}, found && plain(host) && plain("/"+path)
}

// shareFailure gives failures that are usually those of a port another hint:
// links to shares have no input for it.
func shareFailure(err error) error {
	f, ok := errors.AsType[*failure](err)
	if ok && slices.Contains([]string{"connect.refused", "connect.timeout", "peer.other", "peer.tls", "peer.silent", "peer.closed", "peer.garbled"}, f.name) {
		return f.hinting("share.port")
	}
	return err
}

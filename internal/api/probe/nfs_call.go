package probe

import (
	"fmt"
	"io/fs"
	"math"
	"slices"
)

// Programs and their versions. Source: RFC 1833, RFC 1813.
const (
	portmapperProgram = 100000
	nfsProgram        = 100003
	mountProgram      = 100005
	nfsVersion        = 3 // of the last two
)

// nfsPorts asks the portmapper for the ports of mountd and nfsd; 0 stands for
// one that it does not know.
func nfsPorts(mapper *rpcConn) (mountd, nfsd uint16, err error) {
	defer mapper.close()
	if mountd, err = portOf(mapper, mountProgram); err == nil {
		nfsd, err = portOf(mapper, nfsProgram)
	}
	return mountd, nfsd, nfsFailure(err)
}

func portOf(mapper *rpcConn, program uint32) (uint16, error) {
	const version, getPort, tcp = 2, 3, 6
	x, err := mapper.call(portmapperProgram, version, getPort, xdrWords(program, nfsVersion, tcp, 0))
	if err != nil {
		return 0, err
	}
	port := x.word()
	if x.bad || port > math.MaxUint16 {
		return 0, errGarbledRPC
	}
	return uint16(port), nil
}

// nfsMount asks mountd for the handle of an export.
func nfsMount(mountd *rpcConn, path string) ([]byte, error) {
	const mount, maxHandle, maxFlavours, authNone, authSys = 1, 64, 64, 0, 1
	x, err := mountd.call(mountProgram, nfsVersion, mount, xdrText(path))
	if err != nil {
		return nil, err
	}
	switch status := x.word(); {
	case x.bad:
		return nil, errGarbledRPC
	case status == 1, status == 13: // not the owner, no access
		return nil, fault("nfs.export_denied", pathFileServer)
	case status == 2, status == 20: // no such entry, no directory
		return nil, fault("nfs.export_unknown", pathFileServer)
	case status != 0:
		return nil, fmt.Errorf("MNT: status %d", status)
	}
	handle := x.opaque(maxHandle)
	var flavours []uint32
	for range min(x.word(), maxFlavours) {
		flavours = append(flavours, x.word())
	}
	switch {
	case x.bad:
		return nil, errGarbledRPC
	case len(flavours) > 0 && !slices.Contains(flavours, authSys) && !slices.Contains(flavours, authNone):
		return nil, fault("nfs.kerberos", pathFileServer)
	}
	return handle, nil
}

// nfsUnmount takes the console off mountd's list of clients. That this may
// fail changes nothing.
func nfsUnmount(mountd *rpcConn, path string) {
	const unmount = 3
	_, _ = mountd.call(mountProgram, nfsVersion, unmount, xdrText(path))
}

// nfsList counts the entries of a folder in the first piece of its list. The
// error is fs.ErrPermission if nobody, as whom it is asked, may not read it.
func nfsList(nfsd *rpcConn, handle []byte) (entries int, more bool, err error) {
	const readDir, piece = 16, 8 << 10
	args := append(xdrText(string(handle)), xdrWords(0, 0, 0, 0, piece)...) // from the start: cookie and its verifier are 0
	x, err := nfsd.call(nfsProgram, nfsVersion, readDir, args)
	if err != nil {
		return 0, false, err
	}
	status := x.word()
	if x.word() != 0 { // attributes follow
		const attributes = 84
		x.take(attributes)
	}
	switch {
	case status == 1, status == 13:
		return 0, false, fs.ErrPermission
	case status != 0 && !x.bad:
		return 0, false, fmt.Errorf("READDIR: status %d", status)
	}
	x.take(8) // verifier of the cookies
	for x.word() != 0 && !x.bad {
		x.take(8) // number of the file
		name := x.opaque(maxRPC)
		x.take(8) // cookie
		if string(name) != "." && string(name) != ".." {
			entries++
		}
	}
	eof := x.word() != 0
	if x.bad {
		return 0, false, errGarbledRPC
	}
	return entries, !eof, nil
}

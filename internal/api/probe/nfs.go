package probe

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"switchboard/internal/api"
)

// nfsSystem is NFS, version 3: the portmapper knows the ports, mountd hands
// out the export's handle, nfsd lists it. There is nobody to sign in: with
// AUTH_SYS, which links use, a client says who it is and is believed. Version
// 4 needs one port only, but what it takes to look at an export there is more
// than a check; it is recognised, and that is said.
var nfsSystem = &system{
	connector: nas,
	when:      func(in inputs) bool { return in.is(pathShareProtocol, "NFS") },
	protocol:  "NFS",
	plan: func(inputs) []api.StepName {
		return []api.StepName{api.StepResolve, api.StepConnect, api.StepHandshake, api.StepRead}
	},
	check: func(ctx context.Context, a *attempt) error { return shareFailure(checkNFS(ctx, a)) },
}

const (
	portmapperPort = 111
	nfsPort        = 2049
)

func checkNFS(ctx context.Context, a *attempt) error {
	share, ok := nfsShare(a.in.text(pathFileServer))
	if !ok {
		return fault("input", pathFileServer)
	}
	deadline, _ := ctx.Deadline() // every check has one
	short, cancel := context.WithTimeout(ctx, time.Until(deadline)/3)
	defer cancel()
	if err := a.dialNFS(ctx, short, share.host); err != nil {
		return err
	}
	a.enter(api.StepHandshake)
	if a.at.port == nfsPort {
		return a.nfsAlone(a.rpc(ctx, a.conn))
	}
	mountd, nfsd, err := nfsPorts(a.rpc(short, a.conn))
	if err != nil {
		return err
	}
	if mountd == 0 || nfsd == 0 { // a server for version 4 alone need not tell the portmapper
		alone, err := a.nfsService(ctx, nfsPort)
		if err != nil {
			return fault("nfs.not_registered", pathFileServer)
		}
		return a.nfsAlone(alone)
	}
	a.found(fmt.Sprintf("mountd %d, nfs %d", mountd, nfsd))
	a.enter(api.StepRead)
	return a.nfsRead(ctx, share, mountd, nfsd)
}

// dialNFS takes the first two steps. It connects to the portmapper, or else
// to the port that NFS usually has. The portmapper has only the time of short:
// often it is behind a firewall that says nothing.
func (a *attempt) dialNFS(ctx, short context.Context, host string) error {
	at := endpoint{host: host, port: portmapperPort, hostPath: pathFileServer, portPath: pathFileServer}
	a.aim(at)
	a.enter(api.StepResolve)
	addrs, err := a.p.guard.resolve(ctx, host)
	if err != nil {
		return resolveFailure(ctx, err, at)
	}
	a.found(list(addrs))
	a.enter(api.StepConnect)
	conn, err := a.p.guard.dial(short, host, addrs, at.port)
	if err != nil {
		at.port = nfsPort
		a.aim(at)
		conn, err = a.p.guard.dial(ctx, host, addrs, at.port)
	}
	if err != nil {
		return connectFailure(ctx, err, at)
	}
	a.conn = conn
	a.found(conn.RemoteAddr().String())
	return nil
}

// nfsService connects to another port of the server.
func (a *attempt) nfsService(ctx context.Context, port uint16) (*rpcConn, error) {
	at := a.at
	at.port = port
	a.aim(at)
	conn, err := a.beside(ctx, port)
	if err != nil && !ended(ctx) {
		return nil, fault("nfs.unreachable", pathFileServer)
	}
	if err != nil {
		return nil, err
	}
	return a.rpc(ctx, conn), nil
}

// nfsAlone recognises an NFS server without the help of the others that are
// needed to look at the export.
func (a *attempt) nfsAlone(nfsd *rpcConn) error {
	const version, null = 4, 0
	_, err := nfsd.call(nfsProgram, version, null, nil)
	switch refusal, ok := errors.AsType[*rpcRefusal](err); {
	case ok && refusal.high != 0: // other versions, then
		a.found(fmt.Sprintf("NFS %d–%d", refusal.low, refusal.high))
	case err != nil:
		return nfsFailure(err)
	default:
		a.found("NFS 4")
	}
	a.enter(api.StepRead)
	a.warn(fault("nfs.export_unchecked", pathFileServer))
	return nil
}

// nfsRead mounts the export, lists it and unmounts it again.
func (a *attempt) nfsRead(ctx context.Context, share shareAddress, mountd, nfsd uint16) error {
	mount, err := a.nfsService(ctx, mountd)
	if err != nil {
		return err
	}
	defer mount.close()
	handle, err := nfsMount(mount, share.name)
	if err != nil {
		return nfsFailure(err)
	}
	defer nfsUnmount(mount, share.name)
	files, err := a.nfsService(ctx, nfsd)
	if err != nil {
		return err
	}
	defer files.close()
	entries, more, err := nfsList(files, handle)
	if errors.Is(err, fs.ErrPermission) {
		a.found(share.name)
		a.warn(fault("nfs.list_denied", pathFileServer))
		return nil
	}
	if err != nil {
		return nfsFailure(err)
	}
	a.found(listing(share.name, entries, more))
	return nil
}

// nfsFailure explains an answer that is no success.
func nfsFailure(err error) error {
	refusal, ok := errors.AsType[*rpcRefusal](err)
	switch {
	case !ok:
		return err
	case refusal.denied:
		return fault("nfs.kerberos", pathFileServer).because(err)
	}
	return fault("nfs.not_registered", pathFileServer).because(err)
}

package probe

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jcmturner/gokrb5/v8/crypto"
)

// kdcPort is where a KDC listens if nothing says otherwise.
const kdcPort = 88

// serviceResolver finds the servers of a service; *net.Resolver is one. A
// Resolver that is not one knows of none.
type serviceResolver interface {
	LookupSRV(ctx context.Context, service, protocol, name string) (string, []*net.SRV, error)
}

// requestTicket asks the realm's KDCs for a ticket, until one answers; if none
// does, that is no error: the link may know its KDC from elsewhere. It takes a
// part of the check's time only.
func (a *attempt) requestTicket(ctx context.Context, who principal, keys []kerberosKey, host string) (answered bool, err error) {
	keys = slices.DeleteFunc(slices.Clone(keys), func(k kerberosKey) bool {
		_, err := crypto.GetEtype(k.kind)
		return err != nil // DES and Camellia are not spoken here
	})
	if len(keys) == 0 {
		return false, nil
	}
	quarter, cancel := shareOf(ctx, 4)
	defer cancel()
	ats := a.findKDCs(quarter, who.realm, host)
	for i, at := range ats {
		share, cancel := shareOf(quarter, len(ats)-i)
		ticket, err := getTicket(who, keys, func(request []byte) ([]byte, error) { return a.askKDC(share, at, request) })
		cancel()
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		if err == nil {
			a.found(ticket)
			return true, nil
		}
		if f, ok := errors.AsType[*failure](err); ok && strings.HasPrefix(f.name, "kerberos.") {
			return true, f // the KDC's word, not about the way to it
		}
	}
	return false, nil
}

// findKDCs returns where KDCs of a realm may be: where DNS says (RFC 4120
// §7.2.3.2), or else where small realms tend to have theirs.
func (a *attempt) findKDCs(ctx context.Context, realm, host string) []endpoint {
	const most = 3
	var ats []endpoint
	if resolver, ok := a.p.guard.resolver.(serviceResolver); ok {
		_, records, _ := resolver.LookupSRV(ctx, "kerberos", "tcp", realm)
		for _, record := range records[:min(len(records), most)] {
			ats = append(ats, kdcAt(strings.TrimSuffix(record.Target, "."), record.Port))
		}
	}
	if len(ats) > 0 {
		return ats
	}
	return []endpoint{kdcAt(strings.ToLower(realm), kdcPort), kdcAt(host, kdcPort)}
}

func kdcAt(host string, port uint16) endpoint {
	return endpoint{host: host, port: port, hostPath: pathPrincipal, portPath: pathPrincipal}
}

// askKDC sends one request over a connection of its own, because KDCs hang up
// after each answer (RFC 4120 §7.2.2).
func (a *attempt) askKDC(ctx context.Context, at endpoint, request []byte) ([]byte, error) {
	conn, err := a.another(ctx, at)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.Write(withLength(request)); err != nil {
		return nil, err
	}
	head := make([]byte, 4)
	if _, err := io.ReadFull(conn, head); err != nil {
		return nil, err
	}
	length := binary.BigEndian.Uint32(head)
	if length > maxAnswer {
		return nil, errTooMuch
	}
	answer := make([]byte, length)
	_, err = io.ReadFull(conn, answer)
	return answer, err
}

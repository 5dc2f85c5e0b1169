package probe

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"

	"switchboard/internal/api"
)

// hanaSystem is SAP HANA. Client and server agree on the version of the
// protocol; the check ends there.
var hanaSystem = &system{
	connector: jdbc,
	when:      databaseType("SAP HANA"),
	protocol:  "SAP HANA",
	plan: func(inputs) []api.StepName {
		return []api.StepName{api.StepResolve, api.StepConnect, api.StepHandshake, api.StepSignIn}
	},
	check: checkHANA,
}

// Versions of the SQL command network protocol. Source: SAP HANA SQL Command
// Network Protocol Reference, Initialization.
const hanaProtocol = 4

func checkHANA(ctx context.Context, a *attempt) error {
	conn, _, err := a.dialJDBC(ctx)
	if err != nil {
		return err
	}
	a.enter(api.StepHandshake)
	version, err := a.hanaGreet(ctx, conn)
	if err != nil {
		return err
	}
	a.found("protocol " + version)
	return a.notTried("sign_in.not_tried_database", pathPassword)
}

// hanaGreet asks for the protocol and returns the version that the server
// speaks.
func (a *attempt) hanaGreet(ctx context.Context, conn net.Conn) (string, error) {
	request := []byte{
		0xff, 0xff, 0xff, 0xff,
		4, 20, 0, // version of the client
		hanaProtocol, 1, 0,
		0, 1, 1, 1, // one option: numbers are little-endian
	}
	if _, err := conn.Write(request); err != nil {
		return "", err
	}
	r, err := a.heard(ctx, conn)
	if err != nil {
		return "", err
	}
	answer := make([]byte, 8) // version of the product and of the protocol, and two bytes to spare
	if _, err := io.ReadFull(r, answer); err != nil {
		return "", err
	}
	if answer[0] == 0 || answer[3] != hanaProtocol {
		return "", fault("peer.garbled", a.at.portPath)
	}
	return fmt.Sprintf("%d.%d", answer[3], binary.LittleEndian.Uint16(answer[4:])), nil
}

package probe

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"strings"

	"switchboard/internal/api"
)

// db2System is IBM Db2. Client and server exchange what they are, and the
// server says whether it has the database. The check ends there: the one way
// in which every Db2 takes a password sends it in the clear.
var db2System = &system{
	connector: jdbc,
	when:      databaseType("DB2"),
	protocol:  "Db2",
	plan: func(inputs) []api.StepName {
		return []api.StepName{api.StepResolve, api.StepConnect, api.StepHandshake, api.StepDatabase, api.StepSignIn}
	},
	check: checkDB2,
}

// db2MaxName is how long the name of a database may be, in bytes.
const db2MaxName = 255

func checkDB2(ctx context.Context, a *attempt) error {
	name, err := ebcdic(a.in.text(pathDatabase))
	if err != nil || len(name) > db2MaxName {
		return fault("input", pathDatabase)
	}
	conn, as, err := a.dialJDBC(ctx)
	if err != nil {
		return err
	}
	a.enter(api.StepHandshake)
	answers, err := a.db2Ask(ctx, conn, name)
	if err != nil {
		return err
	}
	attributes, err := a.db2Answer(answers, drdaAttributesAnswer)
	if err != nil {
		return err
	}
	a.found(db2Product(attributes))
	a.enter(api.StepDatabase)
	if _, err = a.db2Answer(answers, drdaSecurityAnswer); err != nil {
		return err
	}
	a.found(as.database)
	return a.notTried("sign_in.not_tried", pathPassword)
}

// db2Ask sends two requests in a chain, what we are and how one signs in to
// the database, and reads the answers.
func (a *attempt) db2Ask(ctx context.Context, conn net.Conn, database []byte) ([]drdaObject, error) {
	var levels []byte
	for _, number := range []uint16{ // each manager with the level that we speak
		0x1403, 7, // agent
		0x2407, 7, // SQL application
		0x240f, 7, // relational database
		0x1440, 7, // security
		0x1474, 5, // TCP/IP
	} {
		levels = binary.BigEndian.AppendUint16(levels, number)
	}
	us, _ := ebcdic("Switchboard")
	for len(database) < 18 { // shorter names are padded
		database = append(database, ebcdicSpace)
	}
	request := drdaRequest(1, drdaAttributes,
		drdaObject{drdaExternalName, us}, drdaObject{drdaServerName, us}, drdaObject{drdaRelease, us},
		drdaObject{drdaManagers, levels}, drdaObject{drdaClass, us})
	request[3] |= drdaChained
	const userAndPassword = 3
	request = append(request, drdaRequest(2, drdaSecurity,
		drdaObject{drdaMechanism, []byte{0, userAndPassword}}, drdaObject{drdaDatabase, database})...)
	if _, err := conn.Write(request); err != nil {
		return nil, err
	}
	return a.readDRDA(ctx, conn)
}

// db2Answer finds an answer; if it is not there, the server has said why.
func (a *attempt) db2Answer(answers []drdaObject, point uint16) ([]byte, error) {
	for _, answer := range answers {
		if answer.point == point {
			return answer.body, nil
		}
	}
	for _, answer := range answers {
		switch answer.point {
		case drdaUnknownDatabase:
			return nil, fault("database.unknown", pathDatabase)
		case drdaFailedDatabase:
			return nil, fault("database.closed", pathDatabase)
		case drdaNoResources:
			return nil, fault("server.too_many_connections", "")
		case drdaAttributesAnswer:
		default:
			return nil, fmt.Errorf("the server answered with the message X'%04X'", answer.point)
		}
	}
	return nil, fault("peer.garbled", a.at.portPath)
}

// db2Product says what a server is: its class and, as people write it, its
// release. Db2's SQL11055 is 11.5.5.
func db2Product(attributes []byte) string {
	var class, release string
	parameters, _ := drdaObjects(attributes)
	for _, p := range parameters {
		switch p.point {
		case drdaClass:
			class = fromEBCDIC(p.body)
		case drdaRelease:
			release = fromEBCDIC(p.body)
		}
	}
	var version, release2, modification int
	if n, _ := fmt.Sscanf(release, "SQL%2d%2d%1d", &version, &release2, &modification); n == 3 {
		release = fmt.Sprintf("%d.%d.%d", version, release2, modification)
	}
	return strings.TrimSpace(class + " " + release)
}

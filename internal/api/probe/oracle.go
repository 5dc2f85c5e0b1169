package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"switchboard/internal/api"
)

// oracleSystem is Oracle Database. A listener accepts or refuses the call for
// a service or an instance, or sends it on; then the user signs in. The little
// that is needed of the protocol is written out here: the driver that there is
// brings megabytes of character sets, and the answer to a sign-in could make it
// ask for more memory than there is.
var oracleSystem = &system{
	connector: jdbc,
	when:      databaseType("ORACLE"),
	protocol:  "Oracle",
	plan: func(inputs) []api.StepName {
		return []api.StepName{api.StepResolve, api.StepConnect, api.StepHandshake, api.StepSignIn, api.StepDatabase, api.StepVersion}
	},
	check: checkOracle,
}

func checkOracle(ctx context.Context, a *attempt) error {
	path, key := pathDatabase, "SERVICE_NAME"
	if a.in.is(pathDatabaseConfig, "SID") {
		path, key = pathSID, "SID"
	}
	if !oracleName(a.in.text(path)) {
		return fault("input", path)
	}
	if a.secrets[pathPassword].IsZero() { // it would mean a user of the operating system
		return fault("input", pathPassword)
	}
	conn, as, err := a.dialDatabase(ctx, path)
	if err != nil {
		return err
	}
	a.enter(api.StepHandshake)
	c, err := a.oracleCall(ctx, conn, "("+key+"="+as.database+")", path)
	if err != nil {
		return err
	}
	settings, err := c.oracleSignIn(as, path)
	if err != nil {
		return err
	}
	a.enter(api.StepDatabase)
	a.found(as.database)
	a.enter(api.StepVersion)
	a.found(oracleRelease(settings["AUTH_VERSION_NO"].text))
	return nil
}

// oracleName reports whether a text can be the name of a service or an
// instance: in a descriptor, other characters would end it (S9).
func oracleName(text string) bool {
	return text != "" && len(text) <= 128 && !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-$#", r)
	})
}

// oracleCall asks listeners, one after the other, until one accepts. database
// says which in a descriptor, and the input at path said it first.
func (a *attempt) oracleCall(ctx context.Context, conn net.Conn, database, path string) (*tnsConn, error) {
	instance := ""
	for range maxRedirects + 1 {
		c, kind, packet, err := a.tnsCall(ctx, conn, descriptor(conn, database+instance))
		if err != nil {
			return nil, err
		}
		switch kind {
		case tnsAccept:
			return c, a.oracleAccepted(c, packet)
		case tnsRefuse:
			return nil, oracleRefusal(c.refusal(packet), path)
		case tnsRedirect:
			var address string
			if address, instance, err = c.redirection(packet); err != nil {
				return nil, err
			}
			if instance != "" {
				instance = "(INSTANCE_NAME=" + instance + ")"
			}
			if conn, err = a.follow(ctx, address); err != nil {
				return nil, err
			}
		default:
			return nil, c.garbled()
		}
	}
	return nil, fault("redirect.endless", pathHost)
}

// descriptor says in the listener's language who wants what. Nothing of it is
// text of the user but names that were looked at.
func descriptor(conn net.Conn, database string) string {
	host, port, _ := net.SplitHostPort(conn.RemoteAddr().String())
	return fmt.Sprintf("(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST=%s)(PORT=%s))(CONNECT_DATA=%s"+
		"(CID=(PROGRAM=Switchboard)(HOST=console)(USER=switchboard))))", host, port, database)
}

func (a *attempt) oracleAccepted(c *tnsConn, packet []byte) error {
	version, native, err := c.accepted(packet)
	if err != nil {
		return err
	}
	a.found("TNS " + strconv.Itoa(version))
	a.enter(api.StepSignIn)
	if native {
		return fault("sign_in.native_encryption", pathHost)
	}
	return nil
}

// oracleSignIn signs in, and returns what the server says of itself then.
func (c *tnsConn) oracleSignIn(as account, path string) (map[string]setting, error) {
	t := &ttc{tnsConn: c}
	limits, err := t.negotiate()
	if err != nil {
		return nil, oracleFailure(err, path)
	}
	if err = t.request(ttcAuthFirst, as.user, 1, aboutUs); err != nil {
		return nil, err
	}
	answer, err := t.answer()
	if err != nil {
		return nil, oracleFailure(err, path)
	}
	proof, err := proveOracle(as.password, answer, limits)
	if e, ok := errors.AsType[verifierError](err); ok {
		return nil, fault("sign_in.unsupported_scheme", pathUser).with("scheme", string(e))
	}
	if err != nil {
		return nil, c.garbled()
	}
	pairs := []pair{{"AUTH_SESSKEY", proof.key, 1}, {"AUTH_PASSWORD", proof.password, 0}}
	if proof.speedyKey != "" {
		pairs = append(pairs, pair{"AUTH_PBKDF2_SPEEDY_KEY", proof.speedyKey, 0})
	}
	if err = t.request(ttcAuthSecond, as.user, 0x101, append(pairs, aboutUs...)); err != nil {
		return nil, err
	}
	answer, err = t.answer()
	return answer, oracleFailure(err, path)
}

// aboutUs is what a server shows its administrator about its clients.
var aboutUs = []pair{
	{"AUTH_TERMINAL", "console", 0}, {"AUTH_PROGRAM_NM", "Switchboard", 0}, {"AUTH_MACHINE", "console", 0},
	{"AUTH_PID", "0", 0}, {"AUTH_SID", "switchboard", 0},
}

// pair is a setting for the server.
type pair struct {
	name, value string
	flag        int
}

// request sends a message of the sign-in.
func (t *ttc) request(function byte, user string, mode int, pairs []pair) error {
	t.next()
	m := ttcMessage{bigChunks: t.bigChunks}
	m.raw(ttcFunction, function, 0, 1)
	m.number(len(user))
	m.number(mode)
	m.raw(1)
	m.number(len(pairs))
	m.raw(1, 1)
	m.text(user)
	for _, p := range pairs {
		m.pair(p.name, p.value, p.flag)
	}
	return t.send(m.b)
}

package probe

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"switchboard/internal/api"
)

// metastorePort is where a metastore listens if its URI does not say.
const metastorePort = "9083"

// hiveSystem is Hive, asked at its metastore.
var hiveSystem = &system{
	connector: "hive-connector",
	when:      distribution(pathHadoopType, "", apacheHadoop),
	protocol:  "Hive Metastore",
	plan: func(in inputs) []api.StepName {
		plan := []api.StepName{api.StepResolve, api.StepConnect, api.StepHandshake}
		return append(withKerberos(in, plan, api.StepRead, api.StepVersion), api.StepCluster)
	},
	check: checkHive,
}

func checkHive(ctx context.Context, a *attempt) error {
	ats, err := a.metastores()
	if err != nil {
		return err
	}
	if _, err := a.nameNode(); err != nil { // before anything is tried
		return err
	}
	if err := a.checkKerberos(ctx, ats[0]); err != nil {
		return err
	}
	conn, err := a.dialAny(ctx, ats)
	if err != nil {
		return err
	}
	a.enter(api.StepHandshake)
	store := a.newThrift(ctx, conn)
	status, err := store.call(ctx, "getStatus")
	if a.in.kerberos() {
		err = a.secureMetastore(err)
	} else {
		err = a.openMetastore(ctx, store, status, err)
	}
	if err != nil {
		return err
	}
	return a.nameNodeToo(ctx)
}

// metastores reads the list of URIs.
func (a *attempt) metastores() ([]endpoint, error) {
	var ats []endpoint
	for _, uri := range strings.FieldsFunc(a.in.text(pathMetastores), func(r rune) bool { return r == ',' || r == ';' }) {
		at, _, err := readAuthority(strings.TrimSpace(uri), pathMetastores, metastorePort)
		if err != nil {
			return nil, err
		}
		ats = append(ats, at)
	}
	if len(ats) == 0 {
		return nil, fault("input", pathMetastores)
	}
	return ats, nil
}

// openMetastore goes on with a metastore that lets everybody ask.
func (a *attempt) openMetastore(ctx context.Context, store *thriftClient, status thriftValue, err error) error {
	const alive = 2 // in fb303's list of states
	switch {
	case errors.Is(err, errWantsSASL):
		return fault("hadoop.kerberos_required", pathHadoopAuth).hinting("hive.wants_sasl")
	case failedAs(err, "peer.closed"):
		return fault("hive.closed", pathMetastores)
	case err != nil:
		return err
	case status.number != alive:
		return fault("server.not_ready", "")
	}
	a.enter(api.StepRead)
	databases, err := store.call(ctx, "get_all_databases")
	if err != nil {
		return err
	}
	if databases.exception {
		return fault("hive.no_databases", pathMetastores)
	}
	a.found(strconv.Itoa(len(databases.names)) + ": " + strings.Join(databases.names, ", "))
	a.enter(api.StepVersion)
	version, err := store.call(ctx, "getVersion")
	if err != nil {
		return err
	}
	a.found("fb303 " + version.text) // of the interface, not of Hive, which it does not tell
	return nil
}

// secureMetastore judges how a metastore took a question from somebody who
// has not signed in: one with Kerberos says no, or hangs up.
func (a *attempt) secureMetastore(err error) error {
	switch {
	case errors.Is(err, errWantsSASL):
		a.found("SASL")
	case failedAs(err, "peer.closed"):
		a.warn(fault("hive.closed", pathMetastores))
	case err != nil:
		return err
	default:
		return fault("hadoop.simple_only", pathHadoopAuth)
	}
	a.skipSignIn()
	return nil
}

package probe

import (
	"context"
	"encoding/json"
	"net/http"

	"switchboard/internal/api"
)

// The inputs of opentsdb-connector. Source: spec/links.md §2.16.
const (
	pathOpenTSDB     = "linkConfig.openTSDBQuorum"
	pathSecurityMode = "linkConfig.securityMode"
)

// openTSDBSystem is OpenTSDB of CloudTable, which is reached by HTTPS in
// security mode and by HTTP otherwise. In security mode a request carries a
// token that only a tool of CloudTable's can make of the access key; so the
// check goes as far as the server's asking for it.
var openTSDBSystem = &system{
	connector: "opentsdb-connector",
	protocol:  protocolHTTP,
	plan: func(in inputs) []api.StepName {
		if openTSDBSafe(in) {
			return []api.StepName{api.StepResolve, api.StepConnect, api.StepTLS, api.StepHandshake, api.StepSignIn, api.StepVersion}
		}
		return []api.StepName{api.StepResolve, api.StepConnect, api.StepHandshake, api.StepVersion}
	},
	check: checkOpenTSDB,
}

func openTSDBSafe(in inputs) bool { return in.is(pathSecurityMode, "SAFE") }

func checkOpenTSDB(ctx context.Context, a *attempt) error {
	at, err := readEndpoint(a.in.text(pathOpenTSDB), pathOpenTSDB)
	if err != nil {
		return err
	}
	conn, err := a.dial(ctx, at)
	if err != nil {
		return err
	}
	safe, how := openTSDBSafe(a.in), plainHTTP
	if safe {
		how = overTLS
	}
	w := a.newWeb(place{at: at}, pathSecurityMode)
	said, err := w.meet(ctx, conn, how, func(ctx context.Context) (*answer, error) { return w.get(ctx, "/api/version", nil) })
	if err != nil {
		return err
	}
	a.know("wanted", "OpenTSDB")
	version, known := openTSDBVersion(said)
	switch {
	case !safe && demands(said):
		return fault("security.demanded", pathSecurityMode)
	case safe && demands(said):
		a.enter(api.StepSignIn)
		a.warn(fault("key.not_checked", pathSK))
		return nil
	case !known:
		return w.unexpected(said)
	case safe:
		a.enter(api.StepSignIn)
		a.warn(fault("key.not_asked", pathSK))
	}
	a.enter(api.StepVersion)
	a.found("OpenTSDB " + version)
	return nil
}

func openTSDBVersion(said *answer) (version string, ok bool) {
	var is struct{ Version string }
	err := json.Unmarshal(said.body, &is)
	return is.Version, err == nil && said.status == http.StatusOK && is.Version != ""
}

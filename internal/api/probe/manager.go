package probe

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strconv"

	"switchboard/internal/api"
)

// managerPort is where the Manager of an MRS cluster listens, for which links
// have no input, and the usual port of others.
const managerPort = 28443

// What is asked of the Manager and of the CAS server that signs its users in:
// pages for everybody. Source: "MRS Manager API, API Calling Process".
const (
	managerPage = "/web/"
	casPage     = "/cas/login"
)

// managed is a system of a cluster of MRS or FusionInsight HD. Links to such
// name its Manager, which tells those who sign in where the system is. That is
// where the check ends.
func managed(connector string, when func(inputs) bool) *system {
	return &system{
		connector: connector,
		when:      when,
		protocol:  "HTTP", // what is inside
		plan: func(inputs) []api.StepName {
			return []api.StepName{api.StepResolve, api.StepConnect, api.StepTLS, api.StepHandshake, api.StepSignIn}
		},
		check: checkManager,
	}
}

func checkManager(ctx context.Context, a *attempt) error {
	a.know("wanted", "HTTPS")
	at, err := a.manager()
	if err != nil {
		return err
	}
	conn, err := a.dial(ctx, at)
	if err != nil {
		return err
	}
	a.enter(api.StepTLS)
	secure, err := a.managerTLS(ctx, conn)
	if err != nil {
		return err
	}
	a.enter(api.StepHandshake)
	status, err := a.askManager(ctx, secure, managerPage)
	if err != nil {
		return err
	}
	if status == http.StatusNotFound {
		a.warn(fault("manager.no_page", at.portPath))
	}
	a.enter(api.StepSignIn)
	if at.portPath == pathPort { // FusionInsight HD
		if err := a.askCAS(ctx, at.host); err != nil {
			return err
		}
	}
	path := pathManagerUser
	if a.in.text(path) == "" { // SIMPLE needs none
		path = pathHost
	}
	a.warn(fault("manager.not_signed_in", path))
	return nil
}

// manager reads where the Manager is. Only links to FusionInsight HD state the
// port.
func (a *attempt) manager() (endpoint, error) {
	if !a.in.is(pathHadoopType, fusionInsight) && !a.in.is(pathHBaseType, fusionInsight) {
		host, err := a.required(pathHost)
		return endpoint{host: host, port: managerPort, hostPath: pathHost, portPath: pathHost}, err
	}
	return a.endpointOf(pathHost, pathPort)
}

// askCAS asks the CAS server, which runs on the Manager's host, for the page
// at which users sign in.
func (a *attempt) askCAS(ctx context.Context, host string) error {
	at, err := readEndpoint(net.JoinHostPort(host, a.in.text(pathCASPort)), pathCASPort)
	if err != nil {
		return err
	}
	conn, err := a.reach(ctx, at)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	secure, err := a.managerTLS(ctx, conn)
	if err != nil {
		return err
	}
	status, err := a.askManager(ctx, secure, casPage)
	if status == http.StatusNotFound {
		return fault("manager.no_cas", pathCASPort)
	}
	return err
}

// managerTLS encrypts a connection. What is wrong with the certificate is
// pinned to the host; that there is no TLS, to the port.
func (a *attempt) managerTLS(ctx context.Context, conn net.Conn) (net.Conn, error) {
	secure := tls.Client(conn, a.tlsConfig(pathHost))
	err := secure.HandshakeContext(ctx)
	other, plaintext := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case err == nil:
		return secure, nil
	case ctx.Err() == context.Canceled:
		return nil, ctx.Err()
	case plaintext && speaks(other.RecordHeader[:]) != "":
		return nil, fault("peer.other", a.at.portPath).with("peer", speaks(other.RecordHeader[:]))
	case plaintext:
		return nil, fault("peer.garbled", a.at.portPath)
	case ended(ctx), timedOut(err):
		return nil, fault("peer.silent", a.at.portPath)
	case dropped(err):
		return nil, fault("peer.closed", a.at.portPath)
	}
	return nil, fault("manager.tls", a.at.portPath).because(err)
}

// askManager gets a page, of which no more is of interest than that there is
// an answer. Where a redirect leads is not what was to be checked (S6).
func (a *attempt) askManager(ctx context.Context, conn net.Conn, page string) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+a.at.String()+page, http.NoBody)
	if err != nil {
		return 0, fault("input", a.at.hostPath)
	}
	request.Header.Set("User-Agent", "Switchboard")
	if err := request.Write(conn); err != nil {
		return 0, err
	}
	first := func(b []byte) (int, error) { return a.hear(ctx, conn, conn, b) }
	response, err := http.ReadResponse(bufio.NewReader(&listener{r: conn, first: first}), request)
	if _, understood := errors.AsType[*failure](err); understood || ended(ctx) || dropped(err) {
		return 0, err
	}
	if err != nil {
		return 0, fault("peer.garbled", a.at.portPath)
	}
	_ = response.Body.Close()
	a.found("HTTP " + strconv.Itoa(response.StatusCode))
	switch response.StatusCode {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return 0, fault("server.not_ready", "")
	}
	return response.StatusCode, nil
}

package probe

import (
	"context"
	"errors"
	"net"
	"strings"

	"switchboard/internal/api"
)

// nameNodePort is where a NameNode listens if its URI does not say.
const nameNodePort = "8020"

// hdfsSystem is HDFS, asked at its NameNode.
var hdfsSystem = &system{
	connector: "hdfs-connector",
	when:      distribution(pathHadoopType, "", apacheHadoop),
	protocol:  "HDFS",
	plan: func(in inputs) []api.StepName {
		return withKerberos(in, []api.StepName{api.StepResolve, api.StepConnect, api.StepHandshake}, api.StepRead)
	},
	check: checkHDFS,
}

func checkHDFS(ctx context.Context, a *attempt) error {
	at, err := a.nameNode()
	if err != nil {
		return err
	}
	if err := a.checkKerberos(ctx, at.endpoint); err != nil {
		return err
	}
	conn, err := a.dialNameNode(ctx, at)
	if conn == nil {
		return err
	}
	a.enter(api.StepHandshake)
	if a.in.kerberos() {
		if err := a.negotiateSASL(ctx, conn); err != nil {
			return err
		}
		a.skipSignIn()
		return nil
	}
	answer, err := a.askForRoot(ctx, conn)
	if err != nil {
		return err
	}
	a.enter(api.StepRead)
	return a.readRoot(answer)
}

// nameNodeAt is the address of a NameNode, or the name of a whole HDFS
// service, which only a client with the cluster's configuration can resolve.
type nameNodeAt struct {
	endpoint
	logical bool // for certain
	maybe   bool // if the name does not resolve
}

// nameNode reads the URI. A name service has neither port nor domain.
func (a *attempt) nameNode() (nameNodeAt, error) {
	uri, err := a.required(pathNameNode)
	if err != nil {
		return nameNodeAt{}, err
	}
	at, stated, err := readAuthority(uri, pathNameNode, nameNodePort)
	return nameNodeAt{
		endpoint: at,
		logical:  strings.HasPrefix(strings.ToLower(uri), "viewfs://"),
		maybe:    !stated && !strings.ContainsAny(at.host, ".:"),
	}, err
}

// dialNameNode takes the first two steps. It returns no connection and no
// error if the URI names a service: that is a warning.
func (a *attempt) dialNameNode(ctx context.Context, at nameNodeAt) (net.Conn, error) {
	if at.logical {
		a.aim(at.endpoint)
		a.enter(api.StepResolve)
		a.warn(logicalName)
		return nil, nil
	}
	conn, err := a.dial(ctx, at.endpoint)
	if at.maybe && failedAs(err, "resolve.unknown") {
		a.warn(logicalName)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return conn, nil
}

var logicalName = fault("hdfs.logical_name", pathNameNode)

// nameNodeToo takes the step to the NameNode of a link whose own system is
// another one.
func (a *attempt) nameNodeToo(ctx context.Context) error {
	at, err := a.nameNode()
	if err != nil {
		return err
	}
	a.enter(api.StepCluster)
	if at.logical {
		a.aim(at.endpoint)
		a.warn(logicalName)
		return nil
	}
	conn, err := a.reach(ctx, at.endpoint)
	if at.maybe && failedAs(err, "resolve.unknown") {
		a.warn(logicalName)
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if a.in.kerberos() {
		return a.negotiateSASL(ctx, conn)
	}
	_, err = a.askForRoot(ctx, conn)
	return err
}

// askForRoot introduces the check and asks for the root folder, which everybody
// may know about. It returns the body of the answer.
func (a *attempt) askForRoot(ctx context.Context, conn net.Conn) ([]byte, error) {
	frame, err := a.exchangeFrames(ctx, conn, hdfsCall("getFileInfo", protoMessage(nil).text(1, "/")))
	if err != nil {
		return nil, err
	}
	answer, ok := readHDFSAnswer(frame)
	if !ok {
		return nil, fault("peer.garbled", a.at.portPath)
	}
	a.found("Hadoop IPC " + answer.version)
	return answer.body, answer.failure()
}

// readRoot tells whose the root folder is.
func (a *attempt) readRoot(body []byte) error {
	response, ok := readProto(body)
	status, isStatus := readProto(response.texts[1])
	if !ok || !isStatus || len(status.texts[5]) == 0 {
		return fault("peer.garbled", a.at.portPath)
	}
	a.found("/ " + string(status.texts[5]) + ":" + string(status.texts[6]))
	return nil
}

// negotiateSASL asks how the server wants its clients to sign in, which it
// answers before anything else, and makes sure that Kerberos is one of the ways.
func (a *attempt) negotiateSASL(ctx context.Context, conn net.Conn) error {
	frame, err := a.exchangeFrames(ctx, conn, hdfsNegotiate())
	if err != nil {
		return err
	}
	answer, ok := readHDFSAnswer(frame)
	if !ok {
		return fault("peer.garbled", a.at.portPath)
	}
	if err := answer.failure(); err != nil {
		return err
	}
	service, err := kerberosService(answer.body)
	if errors.Is(err, errNoProto) {
		return fault("peer.garbled", a.at.portPath)
	}
	if err != nil {
		return err
	}
	a.found(service)
	return nil
}

package probe

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"switchboard/internal/api"
)

// hadoopSystems are HDFS, HBase, CloudTable and Hive, and the Managers of the
// distributions that have one.
var hadoopSystems = []*system{
	hdfsSystem,
	hbaseSystem,
	hbaseByNameNodeSystem,
	hiveSystem,
	managed("hdfs-connector", distribution(pathHadoopType, "", mrs, fusionInsight)),
	managed("hbase-connector", distribution(pathHBaseType, "", mrs, fusionInsight)),
	managed("hive-connector", distribution(pathHadoopType, mrs, mrs, fusionInsight)),
	managed("kafka-connector", distribution(pathHadoopType, "", mrs)),
}

// The inputs of the Hadoop connectors that checks read. Source: spec/links.md
// §2.4–2.7, §2.12.
const (
	pathHadoopType  = "linkConfig.hadoopType"
	pathHBaseType   = "linkConfig.hbaseType"
	pathNameNode    = "linkConfig.uri"
	pathQuorum      = "linkConfig.zookeeperQuorum"
	pathMetastores  = "linkConfig.hiveMsUris"
	pathCASPort     = "linkConfig.casPort"
	pathManagerUser = "linkConfig.user"
	pathHadoopAuth  = "linkConfig.authType"
	pathPrincipal   = "linkConfig.principal"
	pathKeytab      = "linkConfig.keytab"
	pathIAMAuth     = "linkConfig.iamAuth"
	pathCloudKey    = "linkConfig.accessKey"

	pathHBaseProperties = "linkConfig.properties"
)

// The Hadoop distributions, as the wire spells them.
const (
	mrs           = "MRS"
	fusionInsight = "FusionInsight HD"
	apacheHadoop  = "Apache Hadoop"
	cloudTable    = "CloudTable"
)

// distribution makes a system's when out of values of the input; what is not
// set is the fallback.
func distribution(path, fallback string, values ...string) func(inputs) bool {
	return func(in inputs) bool {
		if in.text(path) == "" {
			in = inputs{path: fallback}
		}
		return in.is(path, values...)
	}
}

// callsItself is the user name by which checks introduce themselves to servers
// that believe any, which is what SIMPLE authentication means.
const callsItself = "switchboard"

func (in inputs) kerberos() bool { return in.is(pathHadoopAuth, "KERBEROS") }

// withKerberos adds to the plan of an Apache system what Kerberos means: to
// look at principal and keytab first. What only somebody who has signed in may
// ask is replaced by the sign-in, which no check does.
func withKerberos(in inputs, plan []api.StepName, signedIn ...api.StepName) []api.StepName {
	if !in.kerberos() {
		return append(plan, signedIn...)
	}
	return append([]api.StepName{api.StepKerberos}, append(plan, api.StepSignIn)...)
}

// skipSignIn takes the sign-in step where it can only say that nothing was
// done: a session opened with a ticket is beyond this check.
func (a *attempt) skipSignIn() {
	a.enter(api.StepSignIn)
	a.warn(fault("kerberos.not_signed_in", pathPrincipal))
}

// readAuthority reads a URI of the catalogue, [scheme://]host[:port][/path].
func readAuthority(uri, path, port string) (at endpoint, stated bool, err error) {
	_, rest, found := strings.Cut(uri, "://")
	if !found {
		rest = uri
	}
	address, _, _ := strings.Cut(rest, "/")
	if _, _, err := net.SplitHostPort(address); err == nil {
		stated = true
	} else {
		address = net.JoinHostPort(strings.Trim(address, "[]"), port)
	}
	at, err = readEndpoint(address, path)
	return at, stated, err
}

// reach connects to another server of the same system, without steps of its
// own; messages are about that server from then on.
func (a *attempt) reach(ctx context.Context, at endpoint) (net.Conn, error) {
	a.aim(at)
	return a.another(ctx, at)
}

// shareOf bounds what is done beside the check's main way by a part of the
// time that is left.
func shareOf(ctx context.Context, parts int) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(DefaultTimeout)
	}
	return context.WithTimeout(ctx, time.Until(deadline)/time.Duration(parts))
}

// failedAs reports whether err is the failure of that name.
func failedAs(err error, name string) bool {
	f, ok := errors.AsType[*failure](err)
	return ok && f.name == name
}

package probe

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"strconv"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
)

// hbaseParent is the node of a cluster in ZooKeeper, unless a property of the
// link says otherwise.
const (
	hbaseParent         = "/hbase"
	propertyHBaseParent = "zookeeper.znode.parent"
)

// hbaseSystem is HBase and CloudTable, found through ZooKeeper.
var hbaseSystem = &system{
	connector: "hbase-connector",
	when: func(in inputs) bool {
		return in.is(pathHBaseType, cloudTable) || in.is(pathHBaseType, apacheHadoop) && in.text(pathQuorum) != ""
	},
	protocol: "ZooKeeper",
	plan: func(in inputs) []api.StepName {
		plan := []api.StepName{api.StepResolve, api.StepConnect, api.StepHandshake, api.StepRead, api.StepCluster}
		if in.is(pathHBaseType, cloudTable) && in.flag(pathIAMAuth) {
			return append(plan, api.StepSignIn)
		}
		if in.is(pathHBaseType, cloudTable) {
			return plan
		}
		return withKerberos(in, plan)
	},
	check: checkHBase,
}

// hbaseByNameNodeSystem is HBase of which only the NameNode below it is known.
var hbaseByNameNodeSystem = &system{
	connector: "hbase-connector",
	when: func(in inputs) bool {
		return in.is(pathHBaseType, apacheHadoop) && in.text(pathQuorum) == ""
	},
	protocol: "HDFS",
	plan:     func(in inputs) []api.StepName { return append(hdfsSystem.plan(in), api.StepCluster) },
	check: func(ctx context.Context, a *attempt) error {
		err := checkHDFS(ctx, a)
		if err != nil || a.current() == api.StepResolve { // with a name of which no more can be asked
			return err
		}
		a.enter(api.StepCluster)
		a.warn(fault("hbase.no_quorum", pathQuorum))
		return nil
	},
}

func checkHBase(ctx context.Context, a *attempt) error {
	ats, err := a.endpointsOf(pathQuorum)
	if err != nil {
		return err
	}
	parent, err := a.hbaseParent()
	if err != nil {
		return err
	}
	if a.in.is(pathHBaseType, apacheHadoop) {
		if err := a.checkKerberos(ctx, ats[0]); err != nil {
			return err
		}
	}
	conn, err := a.dialAny(ctx, ats)
	if err != nil {
		return err
	}
	a.enter(api.StepHandshake)
	if conn, err = a.openZooKeeper(ctx, conn, ats); err != nil {
		return err
	}
	defer leaveZooKeeper(conn)
	a.found(a.zooKeeperVersion(ctx))
	a.enter(api.StepRead)
	master, err := a.hbaseMaster(conn, parent)
	if errors.Is(err, errNoNode) {
		a.warn(fault("hbase.no_master", pathQuorum).with("peer", parent))
		return nil
	}
	if err != nil {
		return err
	}
	a.found(master.String())
	return a.checkMaster(ctx, master)
}

// checkMaster goes on from ZooKeeper to the master, and says what is left out
// for those who would have to sign in to it.
func (a *attempt) checkMaster(ctx context.Context, master endpoint) error {
	apache := a.in.is(pathHBaseType, apacheHadoop)
	a.enter(api.StepCluster)
	if err := a.greetMaster(ctx, master, apache && !a.in.kerberos()); err != nil {
		return err
	}
	switch {
	case apache && a.in.kerberos():
		a.skipSignIn()
	case !apache && a.in.flag(pathIAMAuth):
		a.enter(api.StepSignIn)
		a.warn(fault("hbase.iam_not_checked", pathCloudKey))
	}
	return nil
}

// hbaseParent reads which node is the cluster's.
func (a *attempt) hbaseParent() (string, error) {
	properties, _ := connector.ReadMap(a.in.text(pathHBaseProperties)) // not ok if there are none, too
	parent := cmp.Or(strings.TrimRight(properties[propertyHBaseParent], "/"), hbaseParent)
	if !plain(parent) || parent[0] != '/' {
		return "", fault("input", pathHBaseProperties)
	}
	return parent, nil
}

// hbaseMaster reads who the master is.
func (a *attempt) hbaseMaster(conn net.Conn, parent string) (endpoint, error) {
	node := parent + "/master"
	data, err := a.zooKeeperNode(conn, node)
	if err != nil {
		return endpoint{}, err
	}
	host, port, ok := parseMaster(data)
	if !ok {
		return endpoint{}, fault("hbase.odd_master", pathQuorum).with("peer", node)
	}
	return readEndpoint(net.JoinHostPort(host, strconv.FormatUint(port, 10)), pathQuorum)
}

// parseMaster reads the node's data: who wrote it, then a protobuf message.
// Source: HBase's RecoverableZooKeeper and ZooKeeper.proto.
func parseMaster(data []byte) (host string, port uint64, ok bool) {
	if len(data) > 5 && data[0] == 0xff {
		writer := int64(binary.BigEndian.Uint32(data[1:]))
		if writer > int64(len(data)-5) {
			return "", 0, false
		}
		data = data[5+writer:]
	}
	message, ok := bytes.CutPrefix(data, []byte("PBUF"))
	if !ok {
		return "", 0, false
	}
	master, ok := readProto(message)
	if !ok {
		return "", 0, false
	}
	server, ok := readProto(master.texts[1])
	return string(server.texts[1]), server.numbers[2], ok && len(server.texts[1]) > 0
}

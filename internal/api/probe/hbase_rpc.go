package probe

import (
	"context"
	"strings"
)

// HBase's remote procedure calls. Source: HBase's RPC.proto and Master.proto.
const (
	hbaseSimple  = "HBas\x00\x50" // version 0, SIMPLE
	hbaseService = "MasterService"
	hbaseMethod  = "IsMasterRunning" // which anybody may ask
)

// greetMaster connects to the master and, if it can be spoken to without
// signing in, asks whether it runs. Why it cannot be reached is not told apart:
// the address is not the user's but ZooKeeper's.
func (a *attempt) greetMaster(ctx context.Context, at endpoint, ask bool) error {
	quorum := a.at
	conn, err := a.reach(ctx, at)
	if err != nil && ctx.Err() == nil {
		a.aim(quorum)
		return fault("hbase.master_unreachable", pathQuorum).with("peer", at.String())
	}
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	a.found(conn.RemoteAddr().String())
	if !ask {
		return nil
	}
	frame, err := a.exchangeFrames(ctx, conn, hbaseCall())
	if err != nil {
		frame = nil // an odd answer, too
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return a.judgeMaster(at, frame)
}

// hbaseCall is everything up to and including the first call.
func hbaseCall() []byte {
	user := protoMessage(nil).text(1, callsItself)
	b := []byte(hbaseSimple)
	b = append(b, withLength(protoMessage(nil).message(1, user).text(2, hbaseService))...)
	call := protoMessage(nil).number(1, callFirst).text(3, hbaseMethod).number(4, 1) // with a parameter: an empty message
	return append(b, withLength(delimit(call, nil))...)
}

// judgeMaster explains the master's answer. One that is not understood is
// worth a look, but ZooKeeper has said that this is the master.
func (a *attempt) judgeMaster(at endpoint, frame []byte) error {
	head, _, ok := delimited(frame)
	header, isHeader := readProto(head)
	if !ok || !isHeader {
		a.warn(fault("hbase.odd_answer", pathQuorum).with("peer", at.String()))
		return nil
	}
	exception, _ := readProto(header.texts[2])
	class := string(exception.texts[1])
	switch class = class[strings.LastIndexByte(class, '.')+1:]; class {
	case "":
	case "AccessDeniedException", "BadAuthException":
		return fault("hadoop.kerberos_required", pathHadoopAuth)
	case "PleaseHoldException", "ServerNotRunningYetException":
		return fault("server.not_ready", "")
	default:
		a.warn(fault("hbase.odd_answer", pathQuorum).with("peer", at.String()))
	}
	return nil
}

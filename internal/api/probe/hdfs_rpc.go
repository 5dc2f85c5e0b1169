package probe

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// Hadoop's remote procedure calls. Source: Hadoop's RpcHeader.proto,
// IpcConnectionContext.proto, ProtobufRpcEngine.proto and
// ClientNamenodeProtocol.proto.
const (
	hdfsProtocol = "org.apache.hadoop.hdfs.protocol.ClientProtocol"

	hadoopSimple = "hrpc\x09\x00\x00" // version 9, no service class, no SASL
	hadoopSASL   = "hrpc\x09\x00\xdf"

	callContext  = -3 // introduces the connection
	callSASL     = -33
	callFirst    = 1
	saslSuccess  = 0
	saslBegin    = 1 // asks which ways there are, and lists them
	statusFatal  = 2
	noSuchMethod = 2
	noSuchThing  = 3 // protocol
)

// hdfsCall is everything up to and including the first call of a method.
func hdfsCall(method string, parameters protoMessage) []byte {
	id := make([]byte, 16)
	_, _ = rand.Read(id) // never fails
	context := protoMessage(nil).message(2, protoMessage(nil).text(1, callsItself)).text(3, hdfsProtocol)
	call := protoMessage(nil).text(1, method).text(2, hdfsProtocol).number(3, 1)
	b := []byte(hadoopSimple)
	b = append(b, withLength(delimit(hadoopHeader(callContext, id), context))...)
	return append(b, withLength(delimit(hadoopHeader(callFirst, id), call, parameters))...)
}

// hdfsNegotiate asks how to sign in.
func hdfsNegotiate() []byte {
	return append([]byte(hadoopSASL), withLength(delimit(hadoopHeader(callSASL, nil), protoMessage(nil).number(2, saslBegin)))...)
}

func hadoopHeader(call int64, client []byte) protoMessage {
	const protobufs, whole = 2, 0 // how it is encoded, and that it is not one of several parts
	return protoMessage(nil).number(1, protobufs).number(2, whole).
		number(3, protowire.EncodeZigZag(call)).text(4, string(client))
}

// hdfsAnswer is a server's answer to a call.
type hdfsAnswer struct {
	status, code             uint64
	version, exception, text string
	body                     []byte
}

func readHDFSAnswer(frame []byte) (hdfsAnswer, bool) {
	head, body, ok := delimited(frame)
	if !ok {
		return hdfsAnswer{}, false
	}
	header, ok := readProto(head)
	status, stated := header.numbers[2]
	if !ok || !stated {
		return hdfsAnswer{}, false
	}
	a := hdfsAnswer{
		status: status, code: header.numbers[6], version: strconv.FormatUint(header.numbers[3], 10),
		exception: string(header.texts[4]), text: string(header.texts[5]),
	}
	if status == 0 {
		a.body, _, ok = delimited(body)
	}
	return a, ok
}

// failure explains an answer that is not a result. The classes are part of
// the protocol: clients act on them.
func (r hdfsAnswer) failure() error {
	if r.status == 0 {
		return nil
	}
	class := r.exception[strings.LastIndexByte(r.exception, '.')+1:]
	line, _, _ := strings.Cut(r.text, "\n") // a stack trace follows
	words := fmt.Errorf("%s: %s", class, line)
	switch {
	case class == "AccessControlException" && r.status == statusFatal:
		return fault("hadoop.kerberos_required", pathHadoopAuth).because(words)
	case class == "StandbyException":
		return fault("hdfs.standby", pathNameNode).because(words)
	case class == "RetriableException":
		return fault("server.not_ready", "").because(words)
	case r.code == noSuchMethod, r.code == noSuchThing:
		return fault("hdfs.no_namenode", pathNameNode).because(words)
	}
	return words
}

var errNoProto = errors.New("not a message of this protocol")

// kerberosService reads the answer to a negotiation and returns the service
// principal for which a client would have to get a ticket. Servers that know
// no other way than SIMPLE call that a success.
func kerberosService(body []byte) (string, error) {
	answer, ok := readProto(body)
	state, stated := answer.numbers[2]
	if !ok || !stated || state != saslSuccess && state != saslBegin {
		return "", errNoProto
	}
	for _, f := range answer.all {
		way, ok := readProto(f.text)
		if f.number == 4 && ok && string(way.texts[1]) == "KERBEROS" {
			return string(way.texts[3]) + "/" + string(way.texts[4]), nil
		}
	}
	return "", fault("hadoop.simple_only", pathHadoopAuth)
}

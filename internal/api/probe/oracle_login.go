package probe

import (
	"bytes"
	"encoding/binary"
)

// Messages between client and server.
const (
	ttcProtocol  = 1
	ttcTypes     = 2
	ttcFunction  = 3
	ttcError     = 4
	ttcPairs     = 8
	ttcStatus    = 9
	ttcWarning   = 15
	ttcPiggyback = 23
)

// Functions of the server.
const (
	ttcAuthFirst  = 0x76 // who signs in
	ttcAuthSecond = 0x73 // and the password
)

// oracleLimits are what a server says it can do, by number.
type oracleLimits []byte

func (l oracleLimits) has(number int, bit byte) bool { return number < len(l) && l[number]&bit != 0 }

// Limits of the server that matter here, and those of the client.
const (
	limitLogin   = 4
	limitVersion = 7
	limitStatus  = 15
	limitCallEnd = 16
	limitWide    = 27 // of types: their numbers have two bytes
	limitMore    = 37 // time zones and long texts
)

// negotiate agrees on the protocol and on types of values, and returns what
// the server can do.
func (t *ttc) negotiate() (oracleLimits, error) {
	if err := t.send(append([]byte{ttcProtocol, 6, 0}, "Switchboard\x00"...)); err != nil {
		return nil, err
	}
	if t.byte() != ttcProtocol {
		t.fail()
	}
	t.skip("bb")
	for n := 0; t.byte() != 0 && n < 256; n++ { // the server's name
	}
	charset := t.le16()
	flags := t.byte()
	t.take(5 * t.le16())
	numbers := t.take(t.be16())
	limits := oracleLimits(t.take(int(t.byte())))
	runtime := oracleLimits(t.take(int(t.byte())))
	national, ok := nationalCharset(numbers)
	if !ok || len(limits) <= limitVersion {
		t.fail()
	}
	if t.err != nil {
		return nil, t.err
	}
	t.serverLimits = serverLimits{
		version:    min(limits[limitVersion], oracleClientLimits[limitVersion]),
		callStatus: limits.has(limitStatus, 1),
		callEnd:    limits.has(limitCallEnd, 1),
		bigChunks:  limits.has(limitMore, 32),
	}
	t.next()
	return limits, t.agreeOnTypes(limits, runtime, charset, national, flags)
}

// nationalCharset finds the number of the server's national character set.
func nationalCharset(numbers []byte) (int, bool) {
	if len(numbers) < 7 {
		return 0, false
	}
	at := 6 + int(numbers[5]) + int(numbers[6]) + 3
	if at+2 > len(numbers) {
		return 0, false
	}
	return int(binary.BigEndian.Uint16(numbers[at:])), true
}

// oracleClientLimits and oracleClientRuntime are what we say we can do.
var (
	oracleClientLimits = oracleLimits{
		6, 1, 0, 0, 106, 1, 1, 11, 1, 1, 1, 1, 1, 1, 0, 41, 144, 3, 7, 3, 0, 1, 0,
		235, 1, 0, 5, 1, 0, 0, 0, 24, 0, 0, 7, 32, 2, 58, 0, 0, 5,
	}
	oracleClientRuntime = oracleLimits{2, 1, 0, 0, 0, 0, 0}
)

func (t *ttc) agreeOnTypes(limits, runtime oracleLimits, charset, national int, flags byte) error {
	ours, ourRuntime := bytes.Clone(oracleClientLimits), bytes.Clone(oracleClientRuntime)
	wide, zone := limits.has(limitWide, 0xff), limits.has(limitMore, 2)
	if !wide {
		ours[limitWide] = 0
	}
	if limits[limitVersion] < 7 {
		ours[36] = 0
	}
	if !zone {
		ours[1], ours[limitMore] = 0, 0
	}
	ourRuntime[1] = 0
	if runtime.has(1, 1) {
		ourRuntime[1] = 1
	}
	if len(runtime) > 6 {
		ourRuntime[6] = runtime[6] & (4 | 2)
	}
	message := []byte{ttcTypes}
	le := binary.LittleEndian
	message = le.AppendUint16(message, uint16(charset))               //nolint:gosec // two bytes from the server
	message = le.AppendUint16(message, uint16(charset))               //nolint:gosec // two bytes from the server
	message = append(message, flags|2, byte(len(ours)))               //nolint:gosec // 45
	message = append(append(message, ours...), byte(len(ourRuntime))) //nolint:gosec // 7
	message = append(message, ourRuntime...)
	if ourRuntime[1] != 0 {
		message = append(message, 0x80, 0, 0, 0, 60, 60, 60, 0x80, 0, 0, 0) // UTC
		if zone {
			message = append(message, 0, 0, 0, 32) // version of the time zones
		}
	}
	message = le.AppendUint16(message, uint16(national)) //nolint:gosec // two bytes from the server
	if err := t.send(appendOracleTypes(message, wide)); err != nil {
		return err
	}
	return t.readTypes(wide, zone, ourRuntime[1] != 0)
}

// readTypes reads the server's list of types, of which nothing is used.
func (t *ttc) readTypes(wide, zone, clock bool) error {
	if t.byte() != ttcTypes {
		t.fail()
	}
	if clock {
		t.take(11)
		if zone {
			t.take(4)
		}
	}
	number := func() byte {
		if wide {
			b := t.take(2)
			return b[0] | b[1]
		}
		return t.byte()
	}
	for number() != 0 {
		if number() != 0 {
			number()
			number()
		}
	}
	t.next()
	return t.err
}

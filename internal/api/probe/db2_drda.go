package probe

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// Code points of DRDA, the protocol of Db2. Source: The Open Group, DRDA
// Version 5, Volume 3 (DDM architecture).
const (
	drdaAttributes       = 0x1041 // EXCSAT
	drdaAttributesAnswer = 0x1443 // EXCSATRD
	drdaSecurity         = 0x106d // ACCSEC
	drdaSecurityAnswer   = 0x14ac // ACCSECRD
	drdaExternalName     = 0x115e // EXTNAM
	drdaServerName       = 0x116d // SRVNAM
	drdaClass            = 0x1147 // SRVCLSNM
	drdaRelease          = 0x115a // SRVRLSLV
	drdaManagers         = 0x1404 // MGRLVLLS
	drdaMechanism        = 0x11a2 // SECMEC
	drdaDatabase         = 0x2110 // RDBNAM
	drdaUnknownDatabase  = 0x2211 // RDBNFNRM
	drdaFailedDatabase   = 0x221a // RDBAFLRM
	drdaNoResources      = 0x1233 // RSCLMTRM
)

// What is in the header of a data stream structure (DSS).
const (
	drdaHeader  = 6 // bytes
	drdaMagic   = 0xd0
	drdaChained = 0x40
)

// drdaObject is a message, an answer or a part of one: a code point and what
// it says.
type drdaObject struct {
	point uint16
	body  []byte
}

func (o drdaObject) appendTo(b []byte) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(4+len(o.body))) //nolint:gosec // ours, and short
	return append(binary.BigEndian.AppendUint16(b, o.point), o.body...)
}

// drdaRequest is a request by its number in the chain.
func drdaRequest(number byte, point uint16, parameters ...drdaObject) []byte {
	request := drdaObject{point: point}
	for _, p := range parameters {
		request.body = p.appendTo(request.body)
	}
	b := request.appendTo([]byte{0, 0, drdaMagic, 1, 0, number})
	binary.BigEndian.PutUint16(b, uint16(len(b))) //nolint:gosec // ours, and short
	return b
}

// readDRDA reads the answers to a chain of two requests.
func (a *attempt) readDRDA(ctx context.Context, conn net.Conn) ([]drdaObject, error) {
	r, err := a.heard(ctx, conn)
	if err != nil {
		return nil, err
	}
	var answers []drdaObject
	for range 16 { // honest servers send two or three
		var header [drdaHeader]byte
		if _, err := io.ReadFull(r, header[:]); err != nil {
			return nil, err
		}
		size := int(binary.BigEndian.Uint16(header[:])) - drdaHeader
		if header[2] != drdaMagic || size < 0 || size > 0x7fff {
			break
		}
		body := make([]byte, size)
		if _, err := io.ReadFull(r, body); err != nil {
			return nil, err
		}
		objects, ok := drdaObjects(body)
		if !ok {
			break
		}
		answers = append(answers, objects...)
		if header[3]&drdaChained == 0 && objects[0].point != drdaAttributesAnswer {
			return answers, nil
		}
	}
	return nil, fault("peer.garbled", a.at.portPath)
}

// drdaObjects splits a text of objects, each with its length before it; not
// ok if that is not what it is.
func drdaObjects(b []byte) (objects []drdaObject, ok bool) {
	for len(b) >= 4 {
		size := int(binary.BigEndian.Uint16(b))
		if size < 4 || size > len(b) {
			return nil, false
		}
		objects = append(objects, drdaObject{binary.BigEndian.Uint16(b[2:]), b[4:size]})
		b = b[size:]
	}
	return objects, len(b) == 0 && len(objects) > 0
}

// ebcdicSpace is a space in the character set of mainframes, in which client
// and server introduce themselves.
const ebcdicSpace = 0x40

func ebcdic(text string) ([]byte, error) {
	return charmap.CodePage037.NewEncoder().Bytes([]byte(text))
}

// fromEBCDIC reads a name. Some servers of the family write ASCII, which has
// no byte in common with EBCDIC's letters and digits.
func fromEBCDIC(b []byte) string {
	if bytes.ContainsFunc(b, func(r rune) bool { return r >= 0x80 }) {
		b, _ = charmap.CodePage037.NewDecoder().Bytes(b)
	}
	return strings.TrimSpace(string(b))
}

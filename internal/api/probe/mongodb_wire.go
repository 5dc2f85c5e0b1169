package probe

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Of MongoDB's wire protocol, the one kind of message that everything since
// 3.6 speaks: a header, flags and one document.
const (
	mongoHeader  = 16   // length, number, number of the request, kind
	mongoMessage = 2013 // OP_MSG
	mongoBefore  = 5    // the flags, and the kind of what follows: 0, a document
)

var errMongo = errors.New("the server did not answer as MongoDB does")

// mongoConn speaks MongoDB's protocol, one command after the other, with the
// driver's BSON. The driver itself finds a server for a command in its own
// time, watches all of them in the background, and does not tell at which step
// it failed.
type mongoConn struct {
	w    io.Writer
	r    io.Reader
	last uint32 // number of the request
}

// mongoError is a server's refusal of a command.
type mongoError struct {
	OK      float64 `bson:"ok"`
	Code    int32   `bson:"code"`
	Name    string  `bson:"codeName"`
	Message string  `bson:"errmsg"`
}

func (e *mongoError) Error() string { return fmt.Sprintf("%s (%s, %d)", e.Message, e.Name, e.Code) }

// mongoRefused reports whether err is a refusal with the code.
func mongoRefused(err error, code int32) bool {
	e, ok := errors.AsType[*mongoError](err)
	return ok && e.Code == code
}

// run runs a command on a database and stores the answer in result. A refusal
// is a *mongoError.
func (c *mongoConn) run(database string, command bson.D, result any) error {
	if err := c.send(database, command); err != nil {
		return err
	}
	return c.receive(result)
}

func (c *mongoConn) send(database string, command bson.D) error {
	document, err := bson.Marshal(append(command, bson.E{Key: "$db", Value: database}))
	if err != nil {
		return err
	}
	c.last++
	message := binary.LittleEndian.AppendUint32(nil, uint32(mongoHeader+mongoBefore+len(document))) //nolint:gosec // inputs are short
	message = binary.LittleEndian.AppendUint32(message, c.last)
	message = binary.LittleEndian.AppendUint32(message, 0)
	message = binary.LittleEndian.AppendUint32(message, mongoMessage)
	message = append(message, make([]byte, mongoBefore)...)
	_, err = c.w.Write(append(message, document...))
	return err
}

func (c *mongoConn) receive(result any) error {
	header := make([]byte, mongoHeader)
	if _, err := io.ReadFull(c.r, header); err != nil {
		return err
	}
	field := func(i int) uint32 { return binary.LittleEndian.Uint32(header[4*i:]) }
	if n := field(0); n < mongoHeader+mongoBefore || n > maxRead || field(2) != c.last || field(3) != mongoMessage {
		return errMongo
	}
	body := make([]byte, field(0)-mongoHeader)
	if _, err := io.ReadFull(c.r, body); err != nil {
		return err
	}
	if body[mongoBefore-1] != 0 {
		return errMongo
	}
	document := bson.Raw(body[mongoBefore:])
	var refusal mongoError
	if document.Validate() != nil || bson.Unmarshal(document, &refusal) != nil {
		return errMongo
	}
	if refusal.OK != 1 {
		return &refusal
	}
	if bson.Unmarshal(document, result) != nil {
		return errMongo
	}
	return nil
}

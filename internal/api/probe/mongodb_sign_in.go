package probe

import (
	"crypto/md5"  //nolint:gosec // SCRAM-SHA-1 of MongoDB is made of it
	"crypto/sha1" //nolint:gosec // see above
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"golang.org/x/text/unicode/norm"
)

// The methods of sign-in that protect the password.
const (
	mongoSHA1   = "SCRAM-SHA-1"
	mongoSHA256 = "SCRAM-SHA-256"
)

// mongoSignIn signs in. A user belongs to a database, which the link does not
// name: that of the link, or admin, where those who may do more belong. What
// was found out is which.
func (a *attempt) mongoSignIn(c *mongoConn, as account) error {
	var err error
	for _, home := range slices.Compact([]string{as.database, "admin"}) {
		mechanism, sure, mismatch := c.mechanism(home, as.user)
		if mismatch != nil {
			return mismatch
		}
		if err = c.signIn(home, mechanism, as); err == nil {
			a.found(home)
			return nil
		}
		if sure || !mongoRefused(err, mongoNotAuthentic) {
			return err
		}
	}
	return err
}

// mechanism asks how a user can sign in; sure says that there is such a user.
// Servers older than 4.0 do not tell and know SCRAM-SHA-1 only.
func (c *mongoConn) mechanism(home, user string) (name string, sure bool, err error) {
	var self mongoHello
	if err := c.run("admin", bson.D{{Key: "isMaster", Value: 1}, {Key: "saslSupportedMechs", Value: home + "." + user}}, &self); err != nil {
		return "", false, err
	}
	switch known := self.Mechanisms; {
	case slices.Contains(known, mongoSHA256):
		return mongoSHA256, true, nil
	case len(known) == 0, slices.Contains(known, mongoSHA1):
		return mongoSHA1, len(known) > 0, nil
	default:
		return "", true, fault("sign_in.unsupported_scheme", pathMongoUser).with("scheme", strings.Join(known, ", "))
	}
}

// mongoSASL is the server's part of a conversation.
type mongoSASL struct {
	ID      int32  `bson:"conversationId"`
	Done    bool   `bson:"done"`
	Payload []byte `bson:"payload"`
}

func (c *mongoConn) signIn(home, mechanism string, as account) error {
	s := newScram(sha256.New, as.user, norm.NFKC.String(as.password), scramNonce())
	if mechanism == mongoSHA1 {
		digest := md5.Sum([]byte(as.user + ":mongo:" + as.password)) //nolint:gosec // see above
		s = newScram(sha1.New, as.user, hex.EncodeToString(digest[:]), scramNonce())
	}
	var said mongoSASL
	err := c.run(home, bson.D{
		{Key: "saslStart", Value: 1}, {Key: "mechanism", Value: mechanism}, {Key: "payload", Value: []byte(s.first())},
		{Key: "options", Value: bson.D{{Key: "skipEmptyExchange", Value: true}}},
	}, &said)
	if err != nil {
		return err
	}
	proof, err := s.answer(string(said.Payload))
	if err != nil {
		return err
	}
	if err := c.goOn(home, proof, &said); err != nil {
		return err
	}
	if err := s.verify(string(said.Payload)); err != nil || said.Done {
		return err
	}
	return c.goOn(home, "", &said) // servers older than 4.4 want a last word
}

func (c *mongoConn) goOn(home, payload string, said *mongoSASL) error {
	return c.run(home, bson.D{
		{Key: "saslContinue", Value: 1}, {Key: "conversationId", Value: said.ID}, {Key: "payload", Value: []byte(payload)},
	}, said)
}

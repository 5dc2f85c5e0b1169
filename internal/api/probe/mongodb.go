package probe

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"runtime"

	"go.mongodb.org/mongo-driver/v2/bson"

	"switchboard/internal/api"
)

// The inputs of mongodb-connector that checks read, besides database and
// password. Source: spec/links.md §2.9.
const (
	pathMongoServers = "linkConfig.serverList"
	pathMongoUser    = "linkConfig.userName"
)

// mongoSystem is MongoDB and what speaks its protocol: DDS. Of the servers in
// the list one is asked; it names the others.
var mongoSystem = &system{
	connector: "mongodb-connector",
	protocol:  "MongoDB",
	plan: func(inputs) []api.StepName {
		return []api.StepName{api.StepResolve, api.StepConnect, api.StepHandshake, api.StepSignIn,
			api.StepDatabase, api.StepCluster, api.StepVersion}
	},
	check: checkMongo,
}

func checkMongo(ctx context.Context, a *attempt) error {
	ats, err := a.endpointsOf(pathMongoServers)
	if err != nil {
		return err
	}
	as := account{password: a.secrets[pathPassword].Reveal()}
	if as.user, err = a.required(pathMongoUser); err != nil {
		return err
	}
	if as.database, err = a.required(pathDatabase); err != nil {
		return err
	}
	a.know("user", as.user)
	a.know("database", as.database)
	conn, err := a.dialAny(ctx, ats)
	if err != nil {
		return err
	}
	a.enter(api.StepHandshake)
	c, self, err := a.mongoGreeting(ctx, conn)
	if err != nil {
		return mongoFailure(err)
	}
	a.enter(api.StepSignIn)
	if err := a.mongoSignIn(c, as); err != nil {
		return mongoFailure(err)
	}
	a.enter(api.StepDatabase)
	if err := a.mongoDatabase(c, as.database); err != nil {
		return mongoFailure(err)
	}
	a.enter(api.StepCluster)
	if err := a.mongoMembers(ctx, self, len(ats) > 1); err != nil {
		return err
	}
	a.enter(api.StepVersion)
	return mongoFailure(a.mongoVersion(c))
}

// mongoHello is what a server says of itself. Source: MongoDB manual, hello.
type mongoHello struct {
	Primary    bool     `bson:"ismaster"`
	Secondary  bool     `bson:"secondary"`
	Message    string   `bson:"msg"` // "isdbgrid": a router of a sharded cluster
	Set        string   `bson:"setName"`
	Hosts      []string `bson:"hosts"`
	Passives   []string `bson:"passives"`
	Arbiters   []string `bson:"arbiters"`
	Mechanisms []string `bson:"saslSupportedMechs"` // only if asked for, and only of users that exist
}

// mongoGreeting asks the server what it is. Servers older than 4.4 know the
// command by its old name only.
func (a *attempt) mongoGreeting(ctx context.Context, conn net.Conn) (*mongoConn, mongoHello, error) {
	c, self := &mongoConn{w: conn, r: conn}, mongoHello{}
	err := c.send("admin", bson.D{{Key: "isMaster", Value: 1}, {Key: "helloOk", Value: true}, {Key: "client", Value: bson.D{
		{Key: "application", Value: bson.D{{Key: "name", Value: "Switchboard"}}},
		{Key: "driver", Value: bson.D{{Key: "name", Value: "Switchboard"}, {Key: "version", Value: "1"}}},
		{Key: "os", Value: bson.D{{Key: "type", Value: runtime.GOOS}}},
	}}})
	if err != nil {
		return nil, self, err
	}
	buf := make([]byte, 4096)
	n, err := a.hear(ctx, conn, conn, buf)
	if err != nil {
		return nil, self, err
	}
	c.r = io.MultiReader(bytes.NewReader(buf[:n]), conn)
	if err := c.receive(&self); err != nil {
		return nil, self, err
	}
	if !self.Primary && !self.Secondary {
		return nil, self, fault("mongodb.no_data", pathMongoServers)
	}
	return c, self, nil
}

func (a *attempt) mongoVersion(c *mongoConn) error {
	var build struct {
		Version string `bson:"version"`
	}
	err := c.run("admin", bson.D{{Key: "buildInfo", Value: 1}}, &build)
	a.found(build.Version)
	return err
}

// Codes of refusals, as MongoDB's error_codes.yml has them.
const (
	mongoUnauthorized    = 13
	mongoNotAuthentic    = 18
	mongoBadNamespace    = 73
	mongoNoSuchMechanism = 334
)

// mongoFaults are refusals by their codes.
var mongoFaults = map[int32]*failure{
	mongoUnauthorized:    fault("database.no_right", pathDatabase),
	mongoNotAuthentic:    fault("mongodb.wrong_password", pathPassword),
	mongoBadNamespace:    fault("input", pathDatabase),
	mongoNoSuchMechanism: fault("sign_in.unsupported", pathMongoUser),
	91:                   fault("server.not_ready", ""), // shutting down
	189:                  fault("server.not_ready", ""), // another primary is being elected
	11600:                fault("server.not_ready", ""),
	11602:                fault("server.not_ready", ""),
	13436:                fault("server.not_ready", ""), // recovering
}

// mongoFailure explains an error of the server.
func mongoFailure(err error) error {
	if e, ok := errors.AsType[*mongoError](err); ok {
		if f := mongoFaults[e.Code]; f != nil {
			return f.because(err)
		}
	}
	if errors.Is(err, errMongo) || errors.Is(err, errScram) {
		return fault("peer.garbled", pathMongoServers)
	}
	return err
}

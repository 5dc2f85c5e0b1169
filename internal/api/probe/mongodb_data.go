package probe

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// mongoDatabase looks for collections. A database that does not exist is no
// mistake: MongoDB makes it when something is written to it.
func (a *attempt) mongoDatabase(c *mongoConn, database string) error {
	a.found(database)
	some, err := c.collections(database, false)
	if mongoRefused(err, mongoUnauthorized) { // perhaps it may see a few collections, if not the list of all
		if some, err = c.collections(database, true); err == nil && !some {
			return fault("database.no_right", pathDatabase)
		}
	}
	if err == nil && !some {
		a.warn(fault("mongodb.empty", pathDatabase))
	}
	return err
}

// collections reports whether a database has any, which the user may use.
func (c *mongoConn) collections(database string, authorized bool) (bool, error) {
	var list struct {
		Cursor struct {
			ID    int64      `bson:"id"`
			Batch []bson.Raw `bson:"firstBatch"`
		} `bson:"cursor"`
	}
	command := bson.D{
		{Key: "listCollections", Value: 1}, {Key: "nameOnly", Value: true}, {Key: "cursor", Value: bson.D{{Key: "batchSize", Value: 1}}},
		{Key: "$readPreference", Value: bson.D{{Key: "mode", Value: "primaryPreferred"}}},
	}
	if authorized {
		command = append(command, bson.E{Key: "authorizedCollections", Value: true})
	}
	if err := c.run(database, command, &list); err != nil {
		return false, err
	}
	if list.Cursor.ID != 0 { // there are more: do not leave them waiting for us
		kill := bson.D{{Key: "killCursors", Value: "$cmd.listCollections"}, {Key: "cursors", Value: bson.A{list.Cursor.ID}}}
		if err := c.run(database, kill, &bson.D{}); dropped(err) || timedOut(err) {
			return false, err
		}
	}
	return len(list.Cursor.Batch) > 0, nil
}

// mongoMembers connects to the members of the replica set. Clients that know
// several servers of it learn the others from it and go to the address that it
// gives them.
func (a *attempt) mongoMembers(ctx context.Context, self mongoHello, several bool) error {
	switch {
	case self.Message == "isdbgrid":
		a.found("mongos")
		return nil
	case self.Set == "":
		a.found("standalone")
		return nil
	}
	var ats []endpoint
	for _, address := range slices.Concat(self.Hosts, self.Passives, self.Arbiters) {
		at, err := readEndpoint(address, pathMongoServers)
		if err != nil {
			return fault("peer.garbled", pathMongoServers)
		}
		ats = append(ats, at)
	}
	lost, all, err := a.reachAll(ctx, ats)
	switch {
	case err != nil || len(lost) == 0:
		return err
	case all && several:
		return a.naming(lost, fault("mongodb.lost_all", pathMongoServers))
	}
	a.warn(a.naming(lost, fault("mongodb.lost_member", pathMongoServers)))
	return nil
}

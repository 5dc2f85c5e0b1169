package connector

import "slices"

// All is the catalogue, in the order of the wire documentation.
var All = []*Connector{
	genericJDBC,
	obs,
	hdfs,
	hbase,
	hive,
	ftp,
	sftp,
	mongoDB,
	redis,
	nas,
	kafka,
	dis,
	elasticsearch,
	dli,
	openTSDB,
	http,
	thirdPartyOBS,
	dmsKafka,
}

// Find returns the connector of that name, or nil.
func Find(name string) *Connector {
	for _, c := range All {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// FindTile returns the tile of that slug and its connector, or nil.
func FindTile(slug string) (*Connector, *Tile) {
	for _, c := range All {
		for i := range c.Tiles {
			if c.Tiles[i].Slug == slug {
				return c, &c.Tiles[i]
			}
		}
	}
	return nil, nil
}

// Input returns the input of that path, or nil.
func (c *Connector) Input(path string) *Input {
	i := slices.IndexFunc(c.Inputs, func(in Input) bool { return in.Name == path })
	if i < 0 {
		return nil
	}
	return &c.Inputs[i]
}

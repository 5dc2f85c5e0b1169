package objects

import (
	"net/http"
	"os"

	"switchboard/internal/api"
)

// Place says where a store is.
type Place struct {
	Folder string // an absolute path; the rest is for buckets

	Endpoint, Bucket, Prefix, Signing string
	PathStyle                         bool
	AccessKey                         string
	Secret                            api.Secret
}

// OpenRoot makes the store of a folder that is open already, which it keeps.
func OpenRoot(root *os.Root) Store { return &folder{root: root} }

// Open makes the store of a place; of a bucket it asks nothing yet. Buckets are
// reached through transport, which is the guarded one. Close idle connections by
// dropping the transport.
func Open(place Place, transport http.RoundTripper) (Store, error) {
	if place.Folder != "" {
		return openFolder(place.Folder)
	}
	return openBucket(place, transport)
}

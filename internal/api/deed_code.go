package api

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// deeds are all of them. Their names are those of their types, and are stored.
var deeds = []Deed{
	CreateLink{}, UpdateLink{}, EnableLink{}, DeleteLink{},
	CreateConnection{}, TagConnection{}, ReactivateConnection{}, BindQueues{}, UnbindQueues{}, DeleteConnection{},
	CreateQueue{}, DeleteQueue{},
	CreateEndpointService{}, UpdateEndpointService{}, DeleteEndpointService{},
	AddPermissions{}, OpenToEveryone{}, ChangePermission{}, RemovePermissions{}, StartAddition{},
	CreateEndpoint{}, DeleteEndpoint{}, AcceptConnection{}, RejectConnection{},
	CreateFunction{}, UpdateFunction{}, DeleteFunction{}, PublishVersion{}, SetUpstream{}, DeleteVersion{},
	CreateAlias{}, UpdateAlias{}, PromoteAlias{}, AbortAlias{}, DeleteAlias{}, StartRamp{},
	CreatePolicy{}, UpdatePolicy{}, EnablePolicy{}, DeletePolicy{},
	StartCheckpoint{}, StartReplication{}, RetryReplication{}, ReplicateBackup{}, DeleteBackups{},
	CreateRegion{}, UpdateRegion{}, DeleteRegion{}, SetHook{},
}

// bearer is a deed with secrets, or with what is no text.
type bearer interface {
	Deed
	// apart returns the deed without them, and them by path.
	apart() (Deed, map[string]Secret)
	// with is the deed with them again.
	with(secrets map[string]Secret) Deed
}

// CodedDeed is a deed as it is kept: the name of the call, its arguments in JSON,
// and apart from them the secrets, by path.
type CodedDeed struct {
	Name    string            `json:"call"`
	Call    json.RawMessage   `json:"with"`
	Secrets map[string]Secret `json:"-"`
}

// EncodeDeed makes a deed into data.
func EncodeDeed(d Deed) (CodedDeed, error) {
	coded := CodedDeed{Name: reflect.TypeOf(d).Name()}
	if b, ok := d.(bearer); ok {
		d, coded.Secrets = b.apart()
	}
	var err error
	coded.Call, err = json.Marshal(d)
	return coded, err
}

// Decode is the deed that EncodeDeed made into data.
func (c CodedDeed) Decode() (Deed, error) {
	for _, known := range deeds {
		kind := reflect.TypeOf(known)
		if kind.Name() != c.Name {
			continue
		}
		into := reflect.New(kind)
		if err := json.Unmarshal(c.Call, into.Interface()); err != nil {
			return nil, fmt.Errorf("deed %s: %w", c.Name, err)
		}
		d := into.Elem().Interface().(Deed)
		if b, ok := d.(bearer); ok {
			d = b.with(c.Secrets)
		}
		return d, nil
	}
	return nil, fmt.Errorf("there is no deed %q", c.Name)
}

package wire

import (
	"bytes"
	"cmp"
	"encoding/json"

	"switchboard/internal/api"
)

// keptBody is what the dialect can say of a version's configuration and nothing
// here uses: it is kept, and given back as it came (spec/aliases.md §8.1, §8.3).
type keptBody struct {
	CustomImage        json.RawMessage `json:"custom_image,omitempty"`
	InitializerHandler json.RawMessage `json:"initializer_handler,omitempty"`
	InitializerTimeout json.RawMessage `json:"initializer_timeout,omitempty"`
	PreStopHandler     json.RawMessage `json:"pre_stop_handler,omitempty"`
	PreStopTimeout     json.RawMessage `json:"pre_stop_timeout,omitempty"`
	VPC                json.RawMessage `json:"func_vpc,omitempty"`
	Mounts             json.RawMessage `json:"mount_config,omitempty"`
}

// dependsBody is the part of it that comes with code, too.
type dependsBody struct {
	Dependencies   json.RawMessage `json:"dependencies,omitempty"`
	DependVersions json.RawMessage `json:"depend_version_list,omitempty"`
}

// keptField is one of these. If its JSON were not of the kind that into is,
// clients could not read any list of functions with it.
type keptField struct {
	name  string
	text  *json.RawMessage
	into  any
	unset string // what says that there is none
}

const (
	noObject = "null"
	noText   = `""`
	noNumber = "0"
	noList   = "[]"
)

func (b *keptBody) fields() []keptField {
	return []keptField{
		{"custom_image", &b.CustomImage, new(struct{}), noObject},
		{"initializer_handler", &b.InitializerHandler, new(string), noText},
		{"initializer_timeout", &b.InitializerTimeout, new(int32), noNumber},
		{"pre_stop_handler", &b.PreStopHandler, new(string), noText},
		{"pre_stop_timeout", &b.PreStopTimeout, new(int32), noNumber},
		{"func_vpc", &b.VPC, new(struct{}), noObject},
		{"mount_config", &b.Mounts, new(struct{}), noObject},
	}
}

func (b *dependsBody) fields() []keptField {
	return []keptField{
		{"dependencies", &b.Dependencies, new([0]any), noList},
		{"depend_version_list", &b.DependVersions, new([0]any), noList},
	}
}

// keepKept puts fields that were sent into the draft.
func keepKept(d *api.FunctionDraft, fields []keptField) error {
	for _, f := range fields {
		if isNull(*f.text) { // says nothing
			continue
		}
		if err := decode(*f.text, f.into, f.name); err != nil {
			return err
		}
		var text bytes.Buffer
		if err := json.Compact(&text, *f.text); err != nil {
			return malformed(*f.text, err, f.name)
		}
		if text.String() == f.unset {
			delete(d.Config.Kept, f.name)
			continue
		}
		if d.Config.Kept == nil {
			d.Config.Kept = map[string]string{}
		}
		d.Config.Kept[f.name] = text.String()
	}
	return nil
}

// showKept fills in fields of an answer.
func showKept(kept map[string]string, fields []keptField) {
	for _, f := range fields {
		*f.text = json.RawMessage(cmp.Or(kept[f.name], f.unset))
	}
}

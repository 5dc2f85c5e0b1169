package api

import (
	"encoding/json"
	"reflect"
	"strconv"
)

// Draft describes a stored policy, to be changed.
func (p *Policy) Draft() PolicyDraft {
	d := PolicyDraft{
		Name: p.Name, Description: p.Description, Parameters: p.Parameters, Tags: p.Tags,
		Resources: make([]ResourceDraft, len(p.Resources)), Operations: make([]OperationDraft, len(p.Operations)),
	}
	for i, r := range p.Resources {
		d.Resources[i] = ResourceDraft(r)
	}
	for i := range p.Operations {
		d.Operations[i] = p.Operations[i].draft()
	}
	return d
}

func (o *Operation) draft() OperationDraft {
	r := &o.Retention
	return OperationDraft{
		ID: o.ID, Type: o.Type, Name: o.Name, Description: o.Description, Enabled: o.Enabled, Pattern: o.Pattern,
		Max: strconv.Itoa(r.Max), Days: strconv.Itoa(r.Days), Permanent: r.Permanent, Daily: strconv.Itoa(r.Daily), Weekly: strconv.Itoa(r.Weekly),
		Monthly: strconv.Itoa(r.Monthly), Yearly: strconv.Itoa(r.Yearly), Zone: r.Zone,
		Region: o.Destination.Region, Project: o.Destination.Project, Accelerate: o.Accelerate,
	}
}

// InWords is the JSON that is known, if what is said is the same in other words.
func InWords(said, known string) string {
	var a, b any
	if json.Unmarshal([]byte(said), &a) == nil && json.Unmarshal([]byte(known), &b) == nil && reflect.DeepEqual(a, b) {
		return known
	}
	return said
}

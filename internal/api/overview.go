package api

import (
	"context"
	"time"
)

// Overview is the part of Service that says what needs looking after.
type Overview interface {
	// Attention returns what somebody should know of the project as it is now, at
	// most limit of each.
	Attention(ctx context.Context, s Scope, limit int) (Attention, error)
}

// Attention is what somebody should know of a project.
type Attention struct {
	Failing     []Failing        // the latest to fail first
	Expiring    []ExpiringEntry  // those within ExpirySoon, the next to end first
	Ramps       []OpenRamp       // those that wait for somebody, then by their next step
	Runs        []ReplicationRun // that go on, newest first
	Checkpoints []Checkpoint     // so, too
}

// Failing is something that is watched and does not answer, though it should.
type Failing struct {
	Kind     Kind
	ID, Name string
	Endpoint string
	Since    time.Time // zero if that is not known
	// Step is what failed when it was last checked, nil if it was given up without.
	Step *Step
}

// ExpiringEntry is an entry of a whitelist with the name of its service.
type ExpiringEntry struct {
	Permission
	ServiceName string
}

// OpenRamp is a ramp that is under way, with what it leads.
type OpenRamp struct {
	Ramp
	AliasName    string
	FunctionName string
}

package api

import "time"

// Check is the result of asking the system behind a link whether it answers
// as described, step by step.
type Check struct {
	Status Status        `json:"status"`
	Steps  []Step        `json:"steps"`
	At     time.Time     `json:"at"`
	Took   time.Duration `json:"took"` // nanoseconds
}

// Step is one thing that was tried. Steps stand in the order they were tried;
// after a failed step the rest are Skipped.
type Step struct {
	Name StepName `json:"name"`
	// At is the address that was asked, where a check asks several.
	At     string        `json:"at,omitempty"`
	Status Status        `json:"status"`
	Took   time.Duration `json:"took"`
	// Found is what a passed step learned: an address, a version.
	Found string `json:"found,omitempty"`
	// Message says what went wrong and Hint what to do about it.
	Message Message `json:"message,omitzero"`
	Hint    Message `json:"hint,omitzero"`
	// Path is the input that the failure belongs to, if one is to blame.
	Path string `json:"path,omitempty"`
	// Detail is the driver's own words: capped, stripped of control
	// characters and of every secret that was used. Text, never markup.
	Detail string `json:"detail,omitempty"`
}

// Status is how a check or one of its steps ended.
type Status string

// The statuses. FormOnly is a check that could look at the form alone, because
// this connector has no live check; it is neither good nor bad news.
const (
	Passed   Status = "passed"
	Warned   Status = "warned" // works, but look at it; never blocks saving
	Failed   Status = "failed"
	Skipped  Status = "skipped"
	FormOnly Status = "form_only"
)

// StepName names a step. Each has a translation "step.<name>".
type StepName string

// The steps, in the order a check takes them.
const (
	StepForm      StepName = "form"
	StepKerberos  StepName = "kerberos" // principal and keytab, and a ticket where a KDC is known
	StepResolve   StepName = "resolve"
	StepConnect   StepName = "connect"
	StepTLS       StepName = "tls"
	StepHandshake StepName = "handshake"
	StepHostKey   StepName = "host_key"
	StepSignIn    StepName = "sign_in"
	StepDatabase  StepName = "database"
	StepRead      StepName = "read"    // a list or a look at what is there: a folder, a bucket
	StepWrite     StepName = "write"   // a small object is written, read back and removed
	StepCluster   StepName = "cluster" // the other members: brokers, nodes, a master
	StepVersion   StepName = "version"
)

// The steps of a diagnosis, in the order of how likely each is to blame.
const (
	StepAddressForm StepName = "address_form" // is the url what the service's console shows?
	StepNames       StepName = "names"        // does every name resolve?
	StepPorts       StepName = "ports"        // does every port answer?
	StepProtocol    StepName = "protocol"     // is it this service that listens there?
	StepRoute       StepName = "route"        // how long is the way?
	StepQueueRange  StepName = "queue_range"  // is an address one of the queue's own network?
	StepNetwork     StepName = "network"      // security group and network: ids, not names?
)

// Failure returns the step that failed, or nil.
func (c *Check) Failure() *Step {
	for i := range c.Steps {
		if c.Steps[i].Status == Failed {
			return &c.Steps[i]
		}
	}
	return nil
}

// Depth says how much of a link is checked before it is saved.
type Depth string

// The depths.
const (
	Connect Depth = "connect" // ask the real system; refuse the link if it says no
	Shape   Depth = "shape"   // look at the form only
	Anyway  Depth = "anyway"  // ask the real system, keep its answer, save whatever it says
)

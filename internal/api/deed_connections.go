package api

import "context"

// CreateConnection stores a connection.
type CreateConnection struct {
	Draft ConnectionDraft
	// ID is what the backend calls it, in the deed as it is made.
	ID string `json:"-"`
}

// About implements Deed.
func (d CreateConnection) About() About {
	return About{Kind: KindConnection, Action: ActionCreate, Name: d.Draft.Name}
}

// Do implements Deed.
func (d CreateConnection) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.CreateConnection(ctx, s, d.Draft)
	return err
}

// TagConnection replaces the tags of a connection.
type TagConnection struct {
	ID      string
	Tags    []Tag
	Version int64
}

// About implements Deed.
func (d TagConnection) About() About {
	return About{Kind: KindConnection, Action: ActionUpdate, ID: d.ID}
}

// Do implements Deed.
func (d TagConnection) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.TagConnection(ctx, s, d.ID, d.Tags, d.Version)
	return err
}

// ReactivateConnection creates a connection anew.
type ReactivateConnection struct {
	ID string
}

// About implements Deed.
func (d ReactivateConnection) About() About {
	return About{Kind: KindConnection, Action: ActionUpdate, ID: d.ID}
}

// Do implements Deed.
func (d ReactivateConnection) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.ReactivateConnection(ctx, s, d.ID)
	return err
}

// BindQueues lets queues use a connection.
type BindQueues struct {
	ID     string
	Queues []string
}

// About implements Deed.
func (d BindQueues) About() About {
	return About{Kind: KindConnection, Action: ActionUpdate, ID: d.ID}
}

// Do implements Deed.
func (d BindQueues) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.BindQueues(ctx, s, d.ID, d.Queues)
	return err
}

// UnbindQueues ends that queues use a connection.
type UnbindQueues struct {
	ID     string
	Queues []string
}

// About implements Deed.
func (d UnbindQueues) About() About {
	return About{Kind: KindConnection, Action: ActionUpdate, ID: d.ID}
}

// Do implements Deed.
func (d UnbindQueues) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.UnbindQueues(ctx, s, d.ID, d.Queues)
	return err
}

// DeleteConnection removes a connection.
type DeleteConnection struct {
	ID      string
	Version int64
}

// About implements Deed.
func (d DeleteConnection) About() About {
	return About{Kind: KindConnection, Action: ActionDelete, ID: d.ID}
}

// Do implements Deed.
func (d DeleteConnection) Do(ctx context.Context, to Service, s Scope) error {
	return to.DeleteConnection(ctx, s, d.ID, d.Version)
}

// CreateQueue stores a queue.
type CreateQueue struct {
	Draft QueueDraft
	// ID is what we call it, in the deed as it is made: the backend knows it by its name.
	ID string `json:"-"`
}

// About implements Deed.
func (d CreateQueue) About() About {
	return About{Kind: KindQueue, Action: ActionCreate, Name: d.Draft.Name}
}

// Do implements Deed.
func (d CreateQueue) Do(ctx context.Context, to Service, s Scope) error {
	_, err := to.CreateQueue(ctx, s, d.Draft)
	return err
}

// DeleteQueue removes a queue.
type DeleteQueue struct {
	Name string
}

// About implements Deed.
func (d DeleteQueue) About() About {
	return About{Kind: KindQueue, Action: ActionDelete, Name: d.Name}
}

// Do implements Deed.
func (d DeleteQueue) Do(ctx context.Context, to Service, s Scope) error {
	return to.DeleteQueue(ctx, s, d.Name)
}

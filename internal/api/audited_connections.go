package api

// AuditedConnection is a connection as the audit log keeps it.
type AuditedConnection struct {
	Name            string          `json:"name"`
	Service         string          `json:"service"`
	URL             string          `json:"url"`
	SecurityGroupID string          `json:"security_group_id"`
	NetworkID       string          `json:"network_id"`
	Cluster         string          `json:"cluster_name,omitempty"`
	Tags            []Tag           `json:"tags"`
	State           ConnectionState `json:"state,omitempty"`
	Address         string          `json:"connection_url,omitempty"`
	Queues          []string        `json:"queues,omitempty"`
}

// Audited is the connection for the audit log.
func (c *Connection) Audited() AuditedConnection {
	queues := make([]string, len(c.Queues))
	for i, q := range c.Queues {
		queues[i] = q.Name
	}
	return AuditedConnection{c.Name, c.Service, c.URL, c.SecurityGroupID, c.NetworkID, c.Cluster, c.Tags, c.State, c.Address, queues}
}

// audited is the connection that the draft makes.
func (d ConnectionDraft) audited() AuditedConnection {
	d = d.Normalised()
	return AuditedConnection{
		Name: d.Name, Service: d.Service, URL: d.URL, SecurityGroupID: d.SecurityGroupID, NetworkID: d.NetworkID,
		Cluster: d.Cluster, Tags: d.Tags,
	}
}

// Draft describes the connection as it was, without its queues.
func (a *AuditedConnection) Draft() ConnectionDraft {
	return ConnectionDraft{
		Name: a.Name, Service: a.Service, URL: a.URL, SecurityGroupID: a.SecurityGroupID, NetworkID: a.NetworkID,
		Cluster: a.Cluster, Tags: a.Tags,
	}
}

// AuditedQueue is a queue as the audit log keeps it: all that a draft says.
type AuditedQueue struct {
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Type        QueueType `json:"type"`
	CUs         int       `json:"cu_count"`
	CIDR        string    `json:"cidr"`
	Tags        []Tag     `json:"tags"`
}

// Audited is the queue for the audit log.
func (q *Queue) Audited() AuditedQueue {
	return AuditedQueue{q.Name, q.Description, q.Type, q.CUs, q.CIDR, q.Tags}
}

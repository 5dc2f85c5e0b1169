package wire

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
)

// The statuses of a cluster that works, and of one that was shut down, as CDM has them.
const clusterRunning, clusterDown = "200", "900"

// clusterJSON is a cluster as clients read it. What else the cloud's has says which
// machines it is made of.
type clusterJSON struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Status string `json:"status"`
	Detail string `json:"statusDetail,omitempty"`
	Frozen string `json:"isFrozen"`
}

// listClusters answers GET …/clusters: those that links are in, and the usual one.
func (s *server) listClusters(c echo.Context, scope api.Scope) error {
	clusters, err := s.Service.ListClusters(c.Request().Context(), scope)
	if err != nil {
		return err
	}
	body := struct {
		Clusters []clusterJSON `json:"clusters"`
	}{make([]clusterJSON, len(clusters.Items))}
	for i, cluster := range clusters.Items {
		body.Clusters[i] = clusterJSON{ID: cluster.ID, Name: cluster.Name, Status: clusterDown, Frozen: "0"}
		if cluster.Running {
			body.Clusters[i].Status, body.Clusters[i].Detail = clusterRunning, "Normal"
		}
	}
	return answer(c, http.StatusOK, &body)
}

// ClustersIn reads the answer to that of a region, by name.
func ClustersIn(body []byte) ([]api.Cluster, error) {
	var answer struct {
		Clusters *[]clusterJSON `json:"clusters"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return nil, err
	}
	clusters, err := readEach(answer.Clusters, (*clusterJSON).cluster)
	slices.SortStableFunc(clusters, func(a, b api.Cluster) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return clusters, err
}

func (a *clusterJSON) cluster() (api.Cluster, error) {
	return api.Cluster{ID: a.ID, Name: cmp.Or(a.Name, a.ID), Running: a.Status == clusterRunning && a.Frozen != "1"}, identified(a.ID)
}

-- name: states
SELECT state, COUNT(*) AS count FROM conversations
WHERE state IN ('queued', 'active', 'waiting', 'hold', 'snoozed') GROUP BY state;

-- name: longest_queued
SELECT MIN(virtual_start) AS moment FROM conversations WHERE state = 'queued';

-- name: unanswered
SELECT assignee_id, MIN(unanswered_at) AS moment FROM conversations
WHERE state NOT IN ('resolved', 'spam') AND assignee_id IS NOT NULL
    AND unanswered_at IS NOT NULL
GROUP BY assignee_id;

-- name: lags
-- The grouped text is made anew, lest the groups' order counts more than the time.
SELECT agent_id || '' AS agent_id, AVG(created_at - waited_since) AS lag FROM replies
WHERE created_at >= :since AND waited_since IS NOT NULL
GROUP BY agent_id || '';

-- name: opened
SELECT COUNT(*) AS count FROM conversations WHERE opened_at >= :since;

-- name: resolved
SELECT COUNT(*) AS count FROM conversations
WHERE state = 'resolved' AND resolved_at >= :since;

-- name: first_replies
SELECT first_out_at - first_in_at AS lag FROM conversations
WHERE opened_at >= :since AND first_out_at >= first_in_at
ORDER BY lag;

import http from "k6/http";
import { check, sleep } from "k6";

// What the launch is like; `options` are what k6 reads.
export const options = {
  discardResponseBodies: true,
  scenarios: {
    // those who wait at the door
    door: {
      executor: "ramping-arrival-rate",
      startRate: 0,
      timeUnit: "1m",
      preAllocatedVUs: 50,
      maxVUs: 500,
      stages: [
        { target: 600, duration: "30s" },
        { target: 600, duration: "5m" }, /* the first hour is the worst */
        { target: 0, duration: PEAK },
      ],
    },
    editors: { executor: "constant-vus", vus: 10, duration: "6m", exec: "edit" },
  },
  thresholds: {
    http_req_failed: ["rate<0.01"],
    http_req_duration: [{ threshold: "p(95)<500", abortOnFail: true }],
  },
};

export default function () {
  const res = http.get(`https://shop.example/?x=${Math.random()}`);
  check(res, { ok: (r) => r.status === 200 });
  sleep(1);
}

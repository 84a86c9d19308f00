from locust import HttpUser, LoadTestShape, task, between


class Shopper(HttpUser):
    wait_time = between(1, 5)

    @task
    def index(self):
        self.client.get("/")


class StagesShape(LoadTestShape):
    """A launch in stages."""

    stages = [
        {"duration": 60, "users": 100, "spawn_rate": 10},  # warm up
        {"duration": 180, "users": 600, "spawn_rate": 10},
        {"duration": 300, "users": 600, "spawn_rate": 10},
        {"duration": 330, "users": 50, "spawn_rate": 50},
    ]

    def tick(self):
        run_time = self.get_run_time()
        for stage in self.stages:
            if run_time < stage["duration"]:
                return (stage["users"], stage["spawn_rate"])
        return None

from locust import LoadTestShape


class Launch(LoadTestShape):
    """The stages: until when they last, how many users, and who they are."""

    time_limit = 600
    stages = [
        {"duration": 10, "users": 10, "spawn_rate": 10, "user_classes": [Buyer]},
        {"duration": 30, "users": 50, "spawn_rate": 10, "user_classes": [Buyer, shop.Editor]},
        {"duration": 60, "users": 100, "spawn_rate": 10, "user_classes": [shop.Editor]},
    ]

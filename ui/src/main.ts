import './styles/tokens.css';
import './styles/base.css';

import { mount } from 'svelte';

import App from './app/App.svelte';

const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no place for the application');
mount(App, { target });
